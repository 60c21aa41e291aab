"""HEAD wherever GET is: the same answer without its body."""

import asyncio
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY, END = "http.response.body", {"type": "http.disconnect"}


class Heads:
    """Answers HEAD like GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return self.app(scope, receive, send)  # without a coroutine of its own, which each message would pass
        return self._answer_head(scope, receive, send)

    async def _answer_head(self, scope: Scope, receive: Receive, send: Send) -> None:
        inner = {**scope, "method": "GET"}  # a copy: the server has to know that it was a HEAD
        head = _Head(receive, send)
        try:
            await self.app(inner, head.receive, head.send)
        finally:
            scope["route"] = inner.get("route")


class _Head:
    """Ends an answer at its first body and then reports a disconnection to the app, so that a stream stops."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._over = asyncio.Event()

    async def receive(self) -> Message:
        """What the client sends, or a disconnection once the answer has ended."""
        message, over = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
            return END if over.done() else message.result()
        finally:
            message.cancel()
            over.cancel()

    async def send(self, message: Message) -> None:
        """Send the head and one empty body."""
        if message["type"] != BODY:
            await self._send(message)
        elif not self._over.is_set():
            self._over.set()
            await self._send({"type": BODY, "body": b"", "more_body": False})
