"""Load at a constant rate: every request has its moment, and its time counts from there, sent late or not.

A generator that waits for answers before it asks again hides the waits of those it did not send (coordinated omission).
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.benchmarks.site import as_json

Planned = tuple[str, str, dict[str, Any] | None]
CONNECTIONS = 32


@dataclass
class Sent:
    """What came of a load.

    Attributes:
        at: seconds from the start at which each request was due; took: seconds from there to its answer.
        failed: requests without a 2xx answer; empty: lists without an item.
    """

    at: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    failed: int = 0
    empty: int = 0

    def percentiles(self) -> dict[str, float]:
        """Milliseconds by percentile."""
        values = np.percentile(self.took, [50, 95, 99, 100]) * 1000
        return dict(zip(("p50", "p95", "p99", "max"), values.round(2).tolist(), strict=True))

    def p99_by_second(self) -> list[float]:
        """Milliseconds, for every second of the load."""
        second, took = np.array(self.at).astype(int), np.array(self.took) * 1000
        return [float(np.percentile(took[second == at], 99)) for at in range(int(second.max()) + 1)]


async def send(port: int, plan: Sequence[Planned], rate: float, token: str = "") -> Sent:
    """Send the plan at ``rate`` requests per second over a few connections that stay open, with a token or without."""
    sent, free = Sent(), asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    messages = [_message(*planned, token) for planned in plan]
    start, tasks = time.perf_counter(), []
    for turn, message in enumerate(messages):
        due = turn / rate
        if (wait := start + due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(_one(free, message, start, due, sent)))
    await asyncio.gather(*tasks)
    while not free.empty():
        writer = free.get_nowait()[1]
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return sent


async def _one(free: Any, message: bytes, start: float, due: float, sent: Sent) -> None:
    reader, writer = await free.get()
    try:
        if reader.at_eof():  # the server closed it while it was idle
            reader, writer = await _again(writer)
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        sent.failed += head[9:10] != b"2"
        sent.empty += b'"items":[]' in body
    except (OSError, EOFError, ValueError):
        sent.failed += 1
        reader, writer = await _again(writer)
    sent.at.append(due)
    sent.took.append(time.perf_counter() - start - due)
    free.put_nowait((reader, writer))


async def _again(writer: asyncio.StreamWriter) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Close the connection and open another one to the same port."""
    writer.close()
    return await asyncio.open_connection("127.0.0.1", writer.get_extra_info("peername")[1])


def _message(method: str, path: str, body: dict[str, Any] | None, token: str) -> bytes:
    content = as_json(body)
    more = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n" if content else ""
    more += f"Authorization: Bearer {token}\r\n" if token else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode() + content
