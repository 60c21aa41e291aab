"""What the replay measures in one process is what readers are served over HTTP."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.replay.replay import Replay
from pipelines.replay.sources import from_clicks
from script_shared.news.live.state import LiveState
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.app.conftest import folders, release_of, serving, store, until  # noqa: F401  fixtures
from tests.app.releases import NOW_MS
from tests.realdata import real_data

START_MS = 1_507_816_800_000  # 2017-10-12 14:00 UTC
HOUR_MS = 3_600_000
SHARE = 6  # one reader in so many
PLACES = 10
ADMIN = {"Authorization": "Bearer opens-admin-routes"}


def real_hours():
    """Clicks of some readers in three hours, moved to the clock of the release."""
    whole = from_clicks(real_data("globo_clicks/clicks_2017-10-01_13.parquet"), START_MS + 3 * HOUR_MS)
    keep = (whole.time_ms >= START_MS) & (whole.user % SHARE == 0)
    context = {name: codes[keep] for name, codes in whole.context.items()}
    return replace(
        whole,
        time_ms=whole.time_ms[keep] - START_MS + NOW_MS,
        user=whole.user[keep],
        article=whole.article[keep],
        session=whole.session[keep],
        context=context,
        weight=whole.weight[keep],
    )


class Site:
    """A site that sends every click, and an article's metadata at its first click."""

    def __init__(self, client, stream):
        self.client, self.stream, self.posted = client, stream, set()

    def send(self, start, stop):
        events = self.stream.events(start, stop)
        new = {event.article: event.time_ms for event in reversed(events) if event.article not in self.posted}
        if new:
            posts = [{"page": page, "title": "", "issued": time_ms} for page, time_ms in new.items()]
            assert self.client.post("/articles", json=posts, headers=ADMIN).status_code == 200
            self.posted |= set(new)
        body = [self._event(start + place, event) for place, event in enumerate(events)]
        answer = self.client.post("/events", json=body)
        assert answer.status_code == 200, answer.text

    def _event(self, place, event):
        names = ("session", "region", "device", "os", "referrer")
        said = {name: getattr(event, name) for name in names}
        return {"event_id": str(place), "user_id": event.user, "page": event.article, "time": event.time_ms, **said}

    def ask(self, place):
        asked = self.stream.request(place)
        query = {"user_id": asked.user, "num_recs": PLACES}
        query |= {name: getattr(asked, name) for name in ("session", "region", "device", "os")}
        answer = self.client.get("/recommendations", params=query).json()
        return [item["page"] for item in answer["items"]]


@pytest.mark.realdata
@pytest.mark.slow
def test_an_hour_of_real_clicks_over_http_hits_as_often_as_the_replay(store):  # noqa: F811
    stream = real_hours()
    warm = int(np.searchsorted(stream.time_ms, NOW_MS + 2 * HOUR_MS))
    asked = [place for place in range(warm, len(stream)) if not stream.reread[place]]
    measured = [0 <= case.truth < PLACES for case in _replayed(stream, asked)]
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        site, sent, served = Site(client, stream), 0, []
        for place in asked:
            until_place = stream.first_of_moment(place)
            for start in range(sent, until_place, 500):
                site.send(start, min(start + 500, until_place))
            sent = max(sent, until_place)
            served.append(stream.article_id(place) in site.ask(place))
    assert len(asked) > 600
    assert np.mean(measured) > 0.3
    assert abs(np.mean(served) - np.mean(measured)) <= 0.01
    print(f"{len(asked)} clicks, HR@{PLACES} measured {np.mean(measured):.4f}, served {np.mean(served):.4f}")


def _replayed(stream, asked):
    return Replay(stream, LiveState(load_params(NewsParams, FILE).live)).cases(asked)
