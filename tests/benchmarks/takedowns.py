"""Takes articles down while lists are requested, and counts the later answers that still hold one."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import Any

import httpx

from tests.benchmarks.schedule import Planned

PAGE = re.compile(r'"page":"([^"]+)"')
LISTS = ("/most-read?limit=20", "/latest?limit=20", "/recommendations?num_recs=30")
LATE_SECONDS, MOST_WAITING = 1.0, 48


@dataclass
class TakedownRecord:
    """What the answers held.

    Attributes:
        taken: by article the moment at which its takedown was answered, on the monotonic clock.
        last: by article the seconds from there to the last request whose answer held it.
        took: seconds of each takedown's own request.
        late: answers to requests of ``LATE_SECONDS`` later or more that held one.
        failures: requests without a successful answer, by status and route, or by the error of the client.
        shown: articles of the last answers, which are taken down next.
    """

    taken: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    late: int = 0
    answers: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    shown: dict[str, None] = field(default_factory=dict)

    def note(self, text: str, sent: float) -> None:
        """Look at one answer."""
        pages = PAGE.findall(text)
        for page in pages:
            at = self.taken.get(page)
            if at is None:
                self.shown[page] = None
            elif sent >= at:
                self.last[page] = max(self.last.get(page, 0.0), sent - at)
                self.late += sent - at >= LATE_SECONDS


async def take_down_under_load(
    port: int, plan: Sequence[Planned], rate: float, token: str, takedowns: int, pause: float
) -> dict[str, Any]:
    """Send a plan at a rate; meanwhile take down an article that lists show every ``pause`` seconds.

    Args:
        plan: of requests, sent again and again; every tenth is replaced by a list that is the same for everybody.
    """
    seen = TakedownRecord()
    limits = httpx.Limits(max_connections=48, max_keepalive_connections=48)
    address = f"http://127.0.0.1:{port}"
    async with (
        httpx.AsyncClient(base_url=address, limits=limits, timeout=30) as client,
        httpx.AsyncClient(base_url=address, timeout=30) as editor,  # which does not wait for the connections of readers
    ):
        stream = asyncio.create_task(_stream(client, plan, rate, seen))
        await asyncio.sleep(1.0)
        started = time.monotonic()
        for _ in range(takedowns):
            await _take_down(editor, seen, token)
            await asyncio.sleep(pause)
        await asyncio.sleep(2 * LATE_SECONDS)
        seconds = time.monotonic() - started
        stream.cancel()
        await asyncio.gather(stream, return_exceptions=True)
    times = [1000 * seconds for seconds in seen.last.values()] or [0.0]
    return {
        "takedowns": len(seen.taken),
        "requests": seen.answers,
        "per_second": round(seen.answers / (seconds + 1.0)),
        "failed": seen.failures.total(),
        "failures": dict(seen.failures),
        "late": seen.late,
        "post_ms": round(1000 * median(seen.took)),
        "held": len(seen.last),
        "last_seen_ms": round(max(times), 1),
        "median_seen_ms": round(median(times), 1),
    }


async def _take_down(client: httpx.AsyncClient, seen: TakedownRecord, token: str) -> None:
    """Take down the article that was shown last and is not taken down yet."""
    page = next(page for page in reversed(seen.shown) if page not in seen.taken)
    del seen.shown[page]
    body = {"kind": "take_down", "about": {"by": "article", "name": page}, "reason": "benchmark"}
    started = time.monotonic()
    answer = await client.post("/rules", json=body, headers={"Authorization": f"Bearer {token}"})
    answer.raise_for_status()
    seen.taken[page] = time.monotonic()
    seen.took.append(seen.taken[page] - started)


async def _stream(client: httpx.AsyncClient, plan: Sequence[Planned], rate: float, seen: TakedownRecord) -> None:
    """Send the plan until it is cancelled, then wait for the answers that are under way."""
    tasks = set[asyncio.Task[None]]()
    try:
        await _send(client, plan, rate, seen, tasks)
    finally:
        await asyncio.gather(*tasks)


async def _send(
    client: httpx.AsyncClient,
    plan: Sequence[Planned],
    rate: float,
    seen: TakedownRecord,
    tasks: set[asyncio.Task[None]],
) -> None:
    start = time.monotonic()
    for turn, (method, path, body) in enumerate(cycle(plan)):
        if (wait := start + turn / rate - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        if len(tasks) >= MOST_WAITING:  # the machine cannot answer so many; the rate of answers says so
            continue
        planned = (method, path, body) if turn % 10 else ("GET", LISTS[turn // 10 % len(LISTS)], None)
        task = asyncio.create_task(_one(client, planned, seen, pages=turn % 20 == 0))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


async def _one(client: httpx.AsyncClient, planned: Planned, seen: TakedownRecord, *, pages: bool) -> None:
    method, path, body = planned
    sent = time.monotonic()
    try:
        answer = await client.request(method, path, json=body)
    except httpx.HTTPError as error:
        seen.failures[type(error).__name__] += 1
        return
    seen.answers += 1
    if not answer.is_success:
        seen.failures[f"{answer.status_code} {path.partition('?')[0]}"] += 1
    seen.note(answer.text, sent)
    if pages and (following := answer.json().get("next")):
        await _one(client, ("GET", f"{path}&cursor={following}", None), seen, pages=False)
