"""Server-sent events: a page hears of changes without asking again and again."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.http.middleware import STREAM

LOOK_SECONDS = 1.0
LONGEST_SECONDS = 20.0  # of one answer; the browser connects again, and a service that stops waits no longer than this
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


def live_stream(request: Request, current: Callable[[], Any]) -> Response:
    """A stream of what ``current`` returns, each time that it differs from before.

    Args:
        request: whose client listens, with ``EventSource``.
        current: a JSON value; it is called once a second on the event loop, so it has to be quick.
    """
    request.scope[STREAM] = True
    return StreamingResponse(_changes(request, current), headers=HEADERS, media_type="text/event-stream")


async def _changes(request: Request, current: Callable[[], Any]) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    until, last = time.monotonic() + LONGEST_SECONDS, ""
    while time.monotonic() < until and not await request.is_disconnected():
        text = json.dumps(current())
        yield f"data: {text}\n\n" if text != last else ": nothing changed\n\n"
        last = text
        await asyncio.sleep(LOOK_SECONDS)
