"""Server-sent events: a page hears of changes without asking again and again."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.http.middleware import STREAM

LOOK_SECONDS = 1.0
LONGEST_SECONDS = 20.0  # of one answer; the browser connects again, and a service that stops waits no longer than this
MOST = 200  # open streams of a process: each holds a connection, which other requests need
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


@dataclass(eq=False)
class _Stream:
    """One open stream; it ends at its next look after ``is_over`` is set."""

    is_over: bool = False


_open: list[_Stream] = []  # of this process, oldest first


def live_stream(request: Request, current: Callable[[], Any]) -> Response:
    """A stream of what ``current`` returns, each time that it differs from before.

    Where a process has more than ``MOST``, the oldest ends; its browser connects again.

    Args:
        request: whose client listens, with ``EventSource``.
        current: a JSON value; it is called once a second on the event loop, so it has to be quick.
    """
    request.scope[STREAM] = True
    return StreamingResponse(_changes(request, current), headers=HEADERS, media_type="text/event-stream")


async def _changes(request: Request, current: Callable[[], Any]) -> AsyncIterator[str]:
    stream = _Stream()
    _open.append(stream)
    for oldest in _open[:-MOST]:
        oldest.is_over = True
    try:
        yield "retry: 1000\n\n"
        until, last = time.monotonic() + LONGEST_SECONDS, ""
        while time.monotonic() < until and not stream.is_over and not await request.is_disconnected():
            text = json.dumps(current())
            yield f"data: {text}\n\n" if text != last else ": nothing changed\n\n"
            last = text
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        _open.remove(stream)
