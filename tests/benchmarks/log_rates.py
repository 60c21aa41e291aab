"""``make bench-log``: how many events a second one log stores, and how many one process folds.

Entries are clicks of 50,000 users on 1,500 articles. ``single`` are submissions of one entry by as many threads as
named, which share commits; a submission ends when its entry is durable and delivered, as ``POST /events`` answers.
``ARGS="--site folder"`` also folds clicks into the live state of a release at full scale, see ``site_clicks``; the
folder is that of ``make bench-serving``.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.main import SWITCH_SECONDS
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.following.follower import Batch, LogFollower
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.benchmarks.scale import machine
from tests.benchmarks.site_clicks import fold_after, site_line
from tests.servers import postgresql

USERS, ARTICLES, START_MS, GAP_MS = 50_000, 1_500, 1_660_532_400_000, 20
BATCH, READ = 1_000, 2_000
WAITING = (1, 64)  # threads that submit single entries


class Receiver:
    """A subscriber that takes every entry and does nothing with it."""

    def __init__(self, position: int) -> None:
        self._position = position

    def position(self) -> int:
        return self._position

    def deliver(self, batch: Batch) -> None:
        self._position = batch.entries[-1].seq


def clicks(name: str, count: int) -> list[Entry]:
    """Clicks, ``GAP_MS`` apart; few articles get most of them.

    Args:
        name: the ids begin with it.
        count: of clicks.
    """
    draw = random.Random(name)
    return [
        Entry(
            f"{name}-{number}",
            Kind.CLICK,
            START_MS + GAP_MS * number,
            f"user-{draw.randrange(USERS)}",
            f"page-{int(ARTICLES * draw.random() ** 3)}",
            {"device": "mobile", "region": str(draw.randrange(27)), "session": f"s{draw.randrange(USERS)}"},
        )
        for number in range(count)
    ]


def rates(uri: str, count: int) -> dict[str, float]:
    """Events a second of one log: appended in batches, submitted one by one, read.

    Args:
        uri: of an empty log.
        count: of events for each figure.
    """
    log = EventLog(uri)
    log.head()
    entries = clicks("batch", count)
    begin = time.perf_counter()
    for start in range(0, count, BATCH):
        log.append(entries[start : start + BATCH])
    found = {f"appended in batches of {BATCH:,}": count / (time.perf_counter() - begin)}
    begin, after = time.perf_counter(), 0
    while read := log.tail(after, READ):
        after = read[-1].seq
    found["read"] = count / (time.perf_counter() - begin)
    for threads in WAITING:
        found[f"single, {threads} waiting"] = _submitted(log, threads, min(count, 400 * threads), after)
        after = log.head()
    log.close()
    return found


def _submitted(log: EventLog, threads: int, count: int, after: int) -> float:
    follower = LogFollower(log, Receiver(after))
    follower.start()

    def submit(entry: Entry) -> None:
        answer: Future[list[bool]] = follower.submit([entry])
        answer.result(60)

    begin = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(submit, clicks(f"single-{threads}", count)))
    seconds = time.perf_counter() - begin
    follower.stop()
    return count / seconds


def folded(count: int) -> float:
    """Clicks that one process folds per CPU second into an empty live state at its default size."""
    newsroom = Newsroom(LiveState(load_params(NewsParams, FILE).live))
    entries = [replace(entry, seq=number) for number, entry in enumerate(clicks("fold", count), 1)]
    begin = time.process_time()
    for start in range(0, count, READ):
        newsroom.apply(entries[start : start + READ])
    return count / (time.process_time() - begin)


@contextmanager
def logs(work: Path) -> Iterator[dict[str, str]]:
    """Addresses of an empty log in each kind of database."""
    (work / "database").mkdir()
    with postgresql(work / "database") as server:
        yield {"SQLite": f"sqlite:///{work / 'events.db'}", "PostgreSQL": server}


def main() -> int:
    """Measure, print a table and write it as JSON."""
    sys.setswitchinterval(SWITCH_SECONDS)  # as the API does
    parser = argparse.ArgumentParser(prog="make bench-log", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="of each figure (default: 100,000)")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/log.json"))
    parser.add_argument("--site", type=Path, help="folder of a site at full scale, as for make bench-serving")
    parser.add_argument("--clicks", type=int, default=60_000, help="folded into its live state (default: 60,000)")
    args = parser.parse_args()
    result: dict[str, Any] = {"machine": machine(), "folded per CPU second": folded(args.events)}
    if args.site:
        result["site"] = asdict(fold_after(args.site, args.clicks))
    with tempfile.TemporaryDirectory(prefix="pauta-log-") as work, logs(Path(work)) as addresses:
        for name, uri in addresses.items():
            result[name] = rates(uri, args.events)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(json.dumps(result, indent=2))
    print(f"{result['machine']}; one process folds {result['folded per CPU second']:,.0f} clicks per CPU second\n")
    if args.site:
        print(site_line(result["site"]))
    print(f"{'events a second':<32}{'SQLite':>12}{'PostgreSQL':>12}")
    for figure in result["SQLite"]:
        print(f"{figure:<32}{result['SQLite'][figure]:>12,.0f}{result['PostgreSQL'][figure]:>12,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
