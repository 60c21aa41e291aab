"""What the replay measures in one process is what readers are served over HTTP, ranker included."""

import shutil
from dataclasses import dataclass, replace

import numpy as np
import pytest

from pipelines.news.replay.sources import from_clicks
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Walk
from pipelines.news.training.ranker_model import train
from pipelines.news.training.ranker_rows import collect, draw_places
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.conftest import folders, release_of, serving, store, until  # noqa: F401  fixtures
from tests.app.releases_made import NOW_MS
from tests.pipelines.news.replay.streams_made import made
from tests.realdata import real_data

pytestmark = pytest.mark.slow

START_MS = 1_507_816_800_000  # 2017-10-12 14:00 UTC
HOUR_MS = 3_600_000
SHARE = 6  # one reader in so many
PLACES = 10
ADMIN = {"Authorization": "Bearer opens-admin-routes"}
SMALL = ["ranker.trees=25", "ranker.leaves=8", "ranker.min_rows_in_leaf=20", "ranker.requests=500"]
PARAMS = load_params(NewsParams, FILE, SMALL)


def real_hours() -> Stream:
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


def generated_hours(clicks: int = 2400, articles: int = 160, users: int = 500) -> Stream:
    """Clicks of three hours: stories that rise and fade, and readers who go on to a story's neighbour."""
    draw = np.random.default_rng(11)
    time_ms = NOW_MS + np.sort(draw.integers(0, 3 * HOUR_MS, clicks))
    user = draw.integers(0, users, clicks)
    newest = 10 + (articles - 20) * (time_ms - NOW_MS) // (3 * HOUR_MS)
    article = np.maximum(newest - draw.geometric(0.15, clicks), 0)
    latest = dict[int, int]()
    for place, reader in enumerate(user.tolist()):
        if reader in latest and draw.random() < 0.5:
            article[place] = latest[reader] + 1
        latest[reader] = int(article[place])
    return made(time_ms, user, article, user)


@dataclass(frozen=True)
class Case:
    """Clicks, those that are evaluated, and a ranker fitted on earlier ones, or none."""

    stream: Stream
    asked: list[int]
    ranker: Ranker | None


def case_of(stream: Stream, ranked: bool, most: int) -> Case:
    """The last hour is evaluated; the ranker learns from the one before."""
    warm = int(np.searchsorted(stream.time_ms, NOW_MS + 2 * HOUR_MS))
    asked = [place for place in range(warm, len(stream)) if not stream.reread[place]][:most]
    return Case(stream, asked, _ranker(stream, warm) if ranked else None)


def _ranker(stream: Stream, until_place: int) -> Ranker:
    hour = stream.between(NOW_MS + HOUR_MS, int(stream.time_ms[until_place]))
    places = draw_places(stream, hour, PARAMS.ranker.requests, 7)
    rows = collect(Walk(stream, Newsroom(LiveState(PARAMS.live))), places, PARAMS.ranker)
    return train(rows, rows, PARAMS.ranker)


def measured(case: Case) -> list[bool]:
    """By the replay: whether the article was among the first places."""
    hits = []
    for found in Walk(case.stream, Newsroom(LiveState(PARAMS.live))).cases(case.asked):
        scores = case.ranker.rank(found.found) if case.ranker is not None else None
        order = np.arange(len(found.found)) if scores is None else np.argsort(-scores, kind="stable")
        hits.append(found.truth >= 0 and found.truth in order[:PLACES])
    return hits


class Site:
    """A site that sends every click, and an article's metadata at its first click."""

    def __init__(self, client, stream):
        self.client, self.stream, self.posted, self.sources = client, stream, set(), set()

    def send(self, start, stop):
        events = self.stream.events(start, stop)
        new = {event.article: event.time_ms for event in reversed(events) if event.article not in self.posted}
        if new:
            posts = [{"page": page, "title": "", "issued": time_ms} for page, time_ms in new.items()]
            assert self.client.post("/articles", json=posts, headers=ADMIN).status_code == 200
            self.posted |= set(new)
        body = [self._event(start + place, event) for place, event in enumerate(events)]
        answer = self.client.post("/events", json=body, headers=ADMIN)  # the token moves the clock of history
        assert answer.status_code == 200, answer.text

    def _event(self, place, event):
        names = ("session", "region", "device", "os", "referrer")
        said = {name: getattr(event, name) for name in names}
        return {"event_id": str(place), "user_id": event.user, "page": event.article, "time": event.time_ms, **said}

    def ask(self, place):
        asked = self.stream.query(place)
        query = {"user_id": asked.user, "num_recs": PLACES}
        query |= {name: getattr(asked, name) for name in ("session", "region", "device", "os")}
        answer = self.client.get("/recommendations", params=query).json()
        self.sources.add(answer["source"])
        return [item["page"] for item in answer["items"]]


def served(case: Case, store) -> list[bool]:  # noqa: F811
    """Over HTTP: the same."""
    folder = store.folders["Velha"]
    if case.ranker is not None:
        folder = shutil.copytree(folder, store.settings.data_dir.parent / "with a ranker")
        case.ranker.save(folder / "ranker")
    store.releases.publish(folder, "v1", run_id="run-1")
    store.releases.promote("v1", "test")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        site, sent, hits = Site(client, case.stream), 0, []
        for place in case.asked:
            until_place = case.stream.first_of_moment(place)
            for start in range(sent, until_place, 500):
                site.send(start, min(start + 500, until_place))
            sent = max(sent, until_place)
            hits.append(case.stream.article_id(place) in site.ask(place))
    assert site.sources == {"ranker" if case.ranker is not None else "live"}
    return hits


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize("ranked", [False, True], ids=["the order of candidates", "a ranker"])
def test_an_hour_of_real_clicks_over_http_hits_as_often_as_the_replay(store, ranked):  # noqa: F811
    case = case_of(real_hours(), ranked, 10_000)
    alone, over_http = measured(case), served(case, store)
    assert len(case.asked) > 600
    assert np.mean(alone) > 0.3
    assert abs(np.mean(over_http) - np.mean(alone)) <= 0.01
    print(f"{len(alone)} clicks, HR@{PLACES} measured {np.mean(alone):.4f}, served {np.mean(over_http):.4f}")


def test_generated_clicks_over_http_are_ranked_as_in_the_replay(store):  # noqa: F811
    case = case_of(generated_hours(), True, 250)
    alone, over_http = measured(case), served(case, store)
    assert np.mean(alone) > 0.3
    assert np.mean(np.array(alone) == np.array(over_http)) >= 0.99
    print(f"{len(alone)} clicks, HR@{PLACES} measured {np.mean(alone):.4f}, served {np.mean(over_http):.4f}")
