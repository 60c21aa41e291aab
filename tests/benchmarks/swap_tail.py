"""Seconds from promoting a release to its service, by what is in the log after its snapshot and what comes in.

A small release without a snapshot, so the whole log is its tail; one process of the API, lists and clicks at a constant
rate. ``p99`` counts from the moment at which a request was due.
"""

import argparse
import asyncio
import json
import random
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from script_shared.events import Entry, EventLog, Kind
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import listens, release_of, started, until
from tests.app.releases_made import NOW_MS, make_release
from tests.benchmarks.kill import prepared
from tests.benchmarks.schedule import Planned, Sent, send

LISTS = 40.0  # a second, besides the clicks
QUIET_SECONDS = 6  # before the release is promoted
TOGETHER = 5_000
PATIENCE_SECONDS = 300.0


def fill(log: EventLog, entries: int) -> None:
    """Clicks of 20,000 readers on the release's articles."""
    draw = random.Random(1)
    made = [
        Entry(f"tail-{n}", Kind.CLICK, NOW_MS, f"t{draw.randrange(20_000)}", f"a{draw.randrange(48)}", {"device": "m"})
        for n in range(entries)
    ]
    for start in range(0, entries, TOGETHER):
        log.append(made[start : start + TOGETHER])


def plan(seconds: float, events: float) -> list[Planned]:
    """Lists and clicks in random order."""
    draw, rate = random.Random(2), LISTS + events
    planned: list[Planned] = []
    for turn in range(int(seconds * rate)):
        user = f"r{draw.randrange(4_000)}"
        if draw.random() < events / rate:
            body = {"event_id": f"e-{turn}", "user_id": user, "page": f"a{draw.randrange(48)}"}
            planned.append(("POST", "/events", body))
        else:
            planned.append(("GET", f"/recommendations?num_recs=10&user_id={user}", None))
    return planned


def trial(folder: Path, tail: int, events: float, seconds: float) -> dict[str, Any]:
    """One promote under load, after the log was filled."""
    settings = prepared(folder)
    releases = Releases(f"{settings.models_uri}/news")
    releases.publish(make_release(folder / "other", "Nova"), "v2")
    log = EventLog(settings.events_address)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    fill(log, tail)
    log.close()
    with started(settings) as (address, _), httpx.Client(base_url=address, timeout=60) as client:
        until(lambda: listens(address) and release_of(client) == "v1")
        until(lambda: folded(client, tail), PATIENCE_SECONDS)
        return promoted(settings, client, events, seconds)


def folded(client: httpx.Client, entries: int) -> bool:
    """Whether the process has folded the whole log."""
    headers = {"Authorization": "Bearer opens-admin-routes"}
    return int(client.get("/live", headers=headers).json().get("position", 0)) >= entries


def promoted(settings: Settings, client: httpx.Client, events: float, seconds: float) -> dict[str, Any]:
    """Promote under load; how long it took, and how long requests did meanwhile."""
    came: list[float] = []

    def promote() -> None:
        time.sleep(QUIET_SECONDS)
        begun = time.perf_counter()
        Releases(f"{settings.models_uri}/news").promote("v2", "benchmark", check=False)
        until(lambda: release_of(client) == "v2", PATIENCE_SECONDS)
        came.append(time.perf_counter() - begun)

    thread = threading.Thread(target=promote)
    thread.start()
    sent: Sent = asyncio.run(send(client.base_url.port or 0, plan(seconds, events), LISTS + events))
    thread.join()
    by_second = sent.p99_by_second()
    before = sorted(by_second[1:QUIET_SECONDS])[(QUIET_SECONDS - 1) // 2]
    after = by_second[QUIET_SECONDS : QUIET_SECONDS + int(came[0]) + 2]
    return {
        "seconds": round(came[0], 2),
        "p99_before_ms": round(before, 1),
        "p99_worst_second_ms": round(max(after), 1),
        "failed": sent.failed,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.swap_tail", description=__doc__)
    parser.add_argument("--tails", type=int, nargs="+", default=[0, 18_000, 150_000])
    parser.add_argument("--events", type=float, nargs="+", default=[0.0, 177.0, 314.0])
    parser.add_argument("--seconds", type=float, default=25.0)
    args = parser.parse_args()
    for tail in args.tails:
        for events in args.events:
            with tempfile.TemporaryDirectory(prefix="pauta-swap-") as work:
                result = trial(Path(work), tail, events, args.seconds)
            print(json.dumps({"tail": tail, "events_a_second": events, **result}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
