"""Running services over complete and partial releases, which get clicks and posts, and what was sent to them."""

import contextlib
import itertools
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from app.dependencies import Service
from app.main import create_app
from app.news.service import news_of
from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.events.signature import HEADER, sign
from script_shared.news.ranking.query import Query
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, release_of, serving, until
from tests.app.rankers import make_ranker
from tests.app.releases_made import NOW_MS, make_release
from tests.app.rules import ExpectedFacts

ADMIN = {"Authorization": f"Bearer {TOKEN}"}
PAGES = [f"a{number}" for number in range(60)] + ["p0", "p1", "p2", "unknown"]
EVENTS_KEY = "signs-events-of-tests"
MAX_SHOWN = 8  # as the params say
SHOWN_TOO_OFTEN, READ_MUCH = "shown a20 and a21 too often", "read a20 to a29"


@dataclass
class Site:
    """A running service and what was sent to it.

    Attributes:
        degraded: the part that every answer must name as missing, "" for none.
        ordered: what orders a list once there is live data.
    """

    client: httpx.Client
    service: Service
    degraded: str
    ordered: str
    told: ExpectedFacts = field(default_factory=ExpectedFacts)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def send(self, kind: Kind, user: str, page: str, session: str = "", times: int = 1) -> None:
        """Clicks or impressions, signed as the site's own; those that are refused are not noted."""
        ids = [f"e{next(self.numbers)}" for _ in range(times)]
        said = {"user_id": user, "page": page, "session": session, "kind": kind.name.lower()}
        body = json.dumps([{"event_id": event, **said} for event in ids]).encode()
        headers = {HEADER: sign(EVENTS_KEY, body, int(time.time())), "Content-Type": "application/json"}
        answer = self.client.post("/events", content=body, headers=headers)
        for event in ids if answer.status_code == 200 else ():
            self.told.take(Entry(event, kind, NOW_MS, user, page, {"session": session}))

    def post(self, page: str, **said: Any) -> None:
        """What an editor says of an article."""
        answer = self.client.post("/articles", json={"page": page, **said}, headers=ADMIN)
        if answer.status_code == 200:
            names = {"issued": "issued_ms", "embargo_until": "embargo_ms", "expires": "expires_ms"}
            body = {names.get(name, name): value for name, value in said.items()}
            self.told.take(Entry("p", Kind.ARTICLE, NOW_MS, "", page, body))

    def allowed(self, query: Query) -> set[str]:
        """What may be shown, by the plain rules."""
        model = news_of(self.service).live.require().model
        shown = self.told.shown_too_often(query, MAX_SHOWN)
        return {page for page in PAGES if self.told.may_be_shown(page, query, model)} - shown


def _damaged_ranker(folder: Path) -> None:
    make_ranker(folder / "ranker")
    (folder / "ranker" / "ranker.txt").write_text("half a tree")


def _damaged_snapshot(folder: Path) -> None:
    make_ranker(folder / "ranker")
    (folder / "live").mkdir()
    (folder / "live" / "state.json").write_text("{")


def _with_ranker(folder: Path) -> None:
    make_ranker(folder / "ranker")


def _plain(folder: Path) -> None:
    """A release without a ranker."""


KINDS: dict[str, tuple[Callable[[Path], None], str, str]] = {  # made how, degraded, ordered by
    "with a ranker": (_with_ranker, "", "ranker"),
    "without a ranker": (_plain, "", "live"),
    "with half a ranker": (_damaged_ranker, "ranker", "live"),
    "with a failing ranker": (_with_ranker, "ranker", "live"),
    "with half a snapshot": (_damaged_snapshot, "live_snapshot", "ranker"),
    "with a failed live state": (_with_ranker, "live_state", ""),
    "without the event log": (_with_ranker, "event_log", ""),
}


def boom(*args: Any, **options: Any) -> Any:
    raise RuntimeError("broken on purpose")


@contextlib.contextmanager
def told_site(kind: str, root: Path) -> Iterator[Site]:
    """A service over a release of one kind, which got clicks and posts."""
    make, degraded, ordered = KINDS[kind]
    folder = make_release(root / "made")
    make(folder)
    away = "postgresql+psycopg2://nobody@127.0.0.1:9/none" if degraded == "event_log" else None
    used = Settings(
        data_dir=root / "data",
        models_uri=str(root / "models"),
        evaluation_dir=root,
        cache_dir=root / "cache",
        release_poll_seconds=0.05,
        admin_token=TOKEN,  # type: ignore[arg-type]  pydantic makes a secret of it
        events_uri=away,
        events_key=EVENTS_KEY,  # type: ignore[arg-type]  likewise
    )
    releases = Releases(f"{used.models_uri}/news")
    releases.publish(folder, "v1", run_id="run-1")
    releases.promote("v1", "test")
    shutil.rmtree(folder)
    with kept_app() as made, serving(used) as client:
        until(lambda: release_of(client) == "v1")
        service: Service = made[0].state.service
        found = Site(client, service, degraded, ordered)
        with _broken(kind, service):
            _tell(found)
            yield found


@contextlib.contextmanager
def kept_app() -> Iterator[list[Any]]:
    """Keeps hold of the apps that ``serving`` makes."""
    made: list[Any] = []

    def make(used: Settings) -> Any:
        made.append(create_app(used))
        return made[-1]

    with patch("tests.app.conftest.create_app", make):
        yield made


def _broken(kind: str, service: Service) -> Any:
    recommender = news_of(service).live.require().recommender
    if kind == "with a failing ranker":
        return patch.object(recommender.ranker, "rank", boom)
    if kind == "with a failed live state":
        return patch.object(recommender.newsroom.state, "fold", boom)
    return patch.object(recommender, "params", recommender.params)  # nothing is broken


def _tell(site: Site) -> None:
    """Much read articles, a reader who read much, one who was shown much, and posts of every kind."""
    if site.degraded == "event_log":
        until(lambda: news_of(site.service).intake.follower.lag.error)
        return
    for number in range(40):
        site.send(Kind.CLICK, f"reader{number}", "a20")
        site.send(Kind.CLICK, f"reader{number}", f"a{21 + number % 9}")
    for number in range(20, 30):
        site.send(Kind.CLICK, READ_MUCH, f"a{number}")
    for page in ("a20", "a21"):
        site.send(Kind.IMPRESSION, SHOWN_TOO_OFTEN, page, times=MAX_SHOWN)
    site.post("a22", hidden=True)
    site.post("a23", taken_down=True)
    site.post("a24", embargo_until=NOW_MS + HOUR_MS)
    site.post("a25", expires=NOW_MS - HOUR_MS)
    site.post("p0", title="Futebol", section="esportes")
    site.post("p1", title="Café", issued=NOW_MS + HOUR_MS)
    site.post("p2", title="Eleição", issued=NOW_MS - 400 * HOUR_MS)
