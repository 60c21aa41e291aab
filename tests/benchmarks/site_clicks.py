"""Clicks that follow a release at full scale, and how fast one process folds them into the release's live state.

They are the last clicks of the site once more, moved on in time: as many by new users and on new articles as then. The
other users exchange their clicks, so that few of them read an article again. Like clicks from browsers, each names a
visit and a network. So articles take rows of others (*evictions*) about as often as on the site.
"""

import gc
import random
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

from app.news.events.state_folder import SLICE
from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.loading import load_newsroom
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from script_shared.releases import Releases
from tests.benchmarks.site import RUN

WARM = 2_000  # clicks folded before the measurement begins
GAP_MS = 1_000  # between the last click of the release and the first one after it
REGIONS, DEVICES = 27, ("mobile", "mobile", "mobile", "desktop")


@dataclass(frozen=True)
class Folded:
    """What one measurement found.

    Attributes:
        per_second: clicks folded in a second of processor time.
        clicks: how many were measured. evictions: articles that lost their row meanwhile, in so many ``turns``.
        slowest_ms: processor time of the slowest slice of ``SLICE`` clicks.
    """

    per_second: float
    clicks: int
    evictions: int
    turns: int
    slowest_ms: float


def fold_after(work: Path, count: int) -> Folded:
    """Fold clicks into the live state of the release of a site, a slice at a time as the API does.

    Args:
        work: folder of the site, see ``site.build``.
        count: of clicks.
    """
    releases = Releases(f"{work / 'models'}/news")
    folder = releases.fetch(RUN)
    newsroom, _ = load_newsroom(folder, load_params(NewsParams, FILE).live, assignment_of(NewsModel.load(folder)))
    state = newsroom.state
    assert state is not None
    entries = clicks_after(work, WARM + count, newsroom.seq, state.now_ms)
    evicted = _count_evictions(state)
    slices = [entries[start : start + SLICE] for start in range(0, len(entries), SLICE)]
    gc.collect()
    gc.freeze()  # as the API does with a release that it loaded
    took: list[float] = []
    for each in slices:
        begin = time.thread_time()
        newsroom.apply(each)
        took.append(time.thread_time() - begin)
    warm = WARM // SLICE
    measured = len(entries) - warm * SLICE
    assert not newsroom.has_failed
    return Folded(measured / sum(took[warm:]), measured, sum(evicted), len(evicted), 1000 * max(took[warm:]))


def site_line(site: dict[str, Any]) -> str:
    """One line about a measurement.

    Args:
        site: the fields of ``Folded``.
    """
    return (
        f"at full scale {site['per_second']:,.0f} clicks per CPU second: {site['clicks']:,} clicks, "
        f"{site['evictions']:,} evictions in {site['turns']} turns, "
        f"slowest {SLICE} clicks {site['slowest_ms']:.1f} ms\n"
    )


def _count_evictions(state: LiveState) -> list[int]:
    """A list that gets the number of articles of each eviction from now on."""
    found: list[int] = []
    release = state.articles.release

    def counted(rows: IntArray) -> None:
        found.append(len(rows))
        release(rows)

    state.articles.release = counted  # type: ignore[method-assign]
    return found


def clicks_after(work: Path, count: int, seq: int, now_ms: int) -> list[Entry]:
    """Clicks that follow a moment, numbered after ``seq``.

    Args:
        work: folder of the site.
        count: of clicks; the site must have as many.
        seq: number of the last entry that the release knows.
        now_ms: of its last click, epoch milliseconds, UTC.
    """
    run = next((work / "data/news/refined").iterdir())
    clicks = pl.read_parquet(run / "interactions.parquet", columns=["user", "article", "timestamp"])
    late, before = clicks.tail(count), clicks.head(-count)
    known = {name: set(before[name].unique().to_list()) for name in ("user", "article")}
    users = pl.read_parquet(run / "users.parquet", columns=["user_id"])["user_id"]
    articles = pl.read_parquet(run / "articles.parquet", columns=["article_id"])["article_id"]
    others = _exchanged([user for user in late["user"].unique(maintain_order=True) if user in known["user"]])
    times = late["timestamp"].dt.epoch("ms")
    first = int(times[0])
    entries = []
    for turn, (user, article, time_ms) in enumerate(zip(late["user"], late["article"], times, strict=True)):
        name = users[others[user]] if user in others else f"new-{user}"
        page = articles[article] if article in known["article"] else f"new-{article}"
        moment = now_ms + GAP_MS + time_ms - first
        entries.append(_click(turn, seq + 1 + turn, moment, name, page))
    return entries


def _exchanged(users: list[int]) -> dict[int, int]:
    """For each user another one, always the same."""
    others = list(users)
    random.Random(1).shuffle(others)
    return dict(zip(users, others, strict=True))


def _click(turn: int, seq: int, time_ms: int, user: str, page: str) -> Entry:
    digest = blake2b(user.encode(), digest_size=8).digest()
    body = {
        "session": f"{user[:16]}-{time_ms // HOUR_MS}",
        "region": str(digest[0] % REGIONS),
        "device": DEVICES[digest[1] % len(DEVICES)],
        "network": digest[4:].hex(),
    }
    return Entry(f"after-{turn}", Kind.CLICK, time_ms, user, page, body, seq)
