"""``python -m tests.query_walk``: the modules that one query passes, in the order in which somebody reads the calls.

A *stay* is a piece of the walk within one module. A call is followed the first time that its caller makes it, as a
reader follows it once; functions of other packages are not entered. docs/development.md compares the figures over time.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.rankers import make_ranker
from tests.app.releases_made import NOW_MS, make_release

ORCHESTRATOR = "script_shared.news.serving.recommender"
OURS = ("app.", "pipelines.", "script_shared.")


def walk(work: Callable[[], Any]) -> list[str]:
    """The modules of each stay, in order.

    Args:
        work: is run once under Python's profiler.
    """
    stays: list[str] = []
    followed: list[bool] = []  # by frame of this project on the stack
    seen: set[tuple[object, object]] = set()
    entered: list[FrameType] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith(OURS):
            return
        if event == "call":
            edge = (entered[-1].f_code if entered else None, frame.f_code)
            follow = edge not in seen and (not followed or followed[-1])
            seen.add(edge)
            entered.append(frame)
            followed.append(follow)
            if follow:
                _stay(stays, name)
        elif event == "return" and entered and entered[-1] is frame:
            entered.pop()
            if followed.pop() and entered and followed[-1]:
                _stay(stays, str(entered[-1].f_globals["__name__"]))

    with _profile(note):
        work()
    return stays


def _stay(stays: list[str], name: str) -> None:
    if not stays or stays[-1] != name:
        stays.append(name)


@contextmanager
def _profile(note: Callable[[FrameType, str, object], None]) -> Iterator[None]:
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def figures(stays: list[str]) -> dict[str, int]:
    """Stays, modules, and how often the walk comes back to a module that it had left."""
    visits = Counter(stays)
    return {
        "stays": len(stays),
        "modules": len(visits),
        "returns": len(stays) - len(visits),
        "visits of the most visited module": max(visits.values()),
        "visits of the orchestrator": visits[ORCHESTRATOR],
    }


def recommender(folder: Path) -> LiveRecommender:
    """A release with a ranker, whose state holds 400 clicks and impressions of known and new users."""
    draw, start_ms = Random(7), NOW_MS - HOUR_MS
    users = ["log0", "log1", "semi0", "anon0", *(f"r{number}" for number in range(30))]
    entries = []
    for seq in range(1, 401):
        kind, page = Kind.CLICK if seq % 4 else Kind.IMPRESSION, f"a{10 + draw.randrange(40)}"
        visit = {"session": f"s{draw.randrange(40)}", "region": "sp", "device": "mobile", "os": "android"}
        entries.append(Entry(f"e{seq}", kind, start_ms + 9_000 * seq, draw.choice(users), page, visit, seq))
    params = load_params(NewsParams, FILE)
    newsroom = Newsroom(LiveState(params.live))
    newsroom.apply(entries)
    model = NewsModel.load(make_release(folder / "release"), "v1")
    return LiveRecommender(model, newsroom, Ranker.load(make_ranker(folder / "ranker")), params.serving)


def query_figures() -> dict[str, int]:
    """The figures of one query of a logged-in user who wants explanations and a place for a new article."""
    with TemporaryDirectory() as folder:
        by = recommender(Path(folder))
        one, other = (
            Query(user, f"{user} 3", "sp", "mobile", "android", n=8, explain=True, explore_slots=1)
            for user in ("log1", "log0")
        )
        by.answer(one)  # makes what is kept for later queries
        return figures(walk(lambda: by.answer(other)))


if __name__ == "__main__":
    print(*(f"{name}: {value}" for name, value in query_figures().items()), sep="\n")
