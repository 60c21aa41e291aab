"""Senders of events for ``make bench-event``: each connection sends a request, and the next one after the answer."""

import asyncio
import json
import random
from collections.abc import Iterator
from functools import partial
from typing import cast

import uvloop

from tests.benchmarks.made_site import ARTICLES, READERS

HEAD = b"POST /events HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def send_all(port: int, name: str, connections: int, together: int, events: int) -> int:
    """Send clicks and wait for all answers; returns how many events were sent.

    Args:
        port: of the API on this machine.
        name: prefix of the ids of the events.
        connections: number of connections that send at the same time.
        together: events in one request.
        events: total number of events.

    Raises:
        RuntimeError: an answer is not 200, or its events were not all new.
    """
    requests = list(_requests(name, together, events // together))
    uvloop.run(_send(port, connections, requests, b'"accepted":%d,"duplicates":0}' % together))
    return together * len(requests)


def _requests(name: str, together: int, count: int) -> Iterator[bytes]:
    draw = random.Random(name)
    for turn in range(count):
        events = [_click(f"{name}-{turn}-{place}", draw) for place in range(together)]
        body = json.dumps(events if together > 1 else events[0]).encode()
        yield HEAD % len(body) + body


def _click(name: str, draw: random.Random) -> dict[str, str]:
    return {
        "event_id": name,
        "user_id": f"reader{draw.randrange(READERS)}",
        "page": f"p{int(ARTICLES * draw.random() ** 3)}",
        "session": f"s{draw.randrange(READERS)}",
        "region": str(draw.randrange(27)),
        "device": "mobile",
    }


async def _send(port: int, connections: int, requests: list[bytes], end: bytes) -> None:
    loop, left = asyncio.get_running_loop(), iter(requests)
    over = [loop.create_future() for _ in range(connections)]
    for done in over:
        await loop.create_connection(partial(_Sender, left, end, done), "127.0.0.1", port)
    await asyncio.gather(*over)


class _Sender(asyncio.Protocol):
    """One connection."""

    def __init__(self, left: Iterator[bytes], end: bytes, done: "asyncio.Future[None]") -> None:
        self._left, self._end, self._done, self._got = left, end, done, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._got += data
        if self._got.endswith(b"}"):
            if not (self._got.startswith(b"HTTP/1.1 200") and self._got.endswith(self._end)):
                self._fail(RuntimeError(self._got.decode()))
                return
            self._got = b""
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or RuntimeError("the API closed a connection"))

    def _next(self) -> None:
        if (request := next(self._left, None)) is not None:
            self._transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)
            self._transport.close()
