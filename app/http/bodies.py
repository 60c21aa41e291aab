"""Parses JSON bodies of senders who may send them, large ones in a thread, so that the event loop can answer others."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

LARGE = 4_096  # bytes; a smaller body is parsed sooner than a thread begins
MOST_PARTS = 20_000  # lists and objects in a body: ten times as many as any route takes


class BodyRequest(Request):
    """A request whose JSON is parsed beside the event loop where it is large."""

    async def body(self) -> bytes:
        """The whole body, in a fifth of Starlette's time if it arrives in one message, as nearly all bodies do.

        Raises:
            ClientDisconnect: the client disconnected before it had sent the whole body.
        """
        if not hasattr(self, "_body"):
            message = await self._receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                self._body, self._stream_consumed = message.get("body", b""), True
            else:
                self._receive = _first_again(message, self._receive)
                await super().body()
        return self._body

    async def json(self) -> Any:
        """The body; raises what ``json.loads`` raises.

        Raises:
            HTTPException: 422, the body has so many parts that parsing it would hold the interpreter for long.
        """
        if not hasattr(self, "_json"):
            body = await self.body()
            if len(body) > LARGE:
                _check_parts(body)
                self._json = await asyncio.to_thread(json.loads, body)
            else:
                self._json = json.loads(body)
        return self._json


def _first_again(message: Message, receive: Receive) -> Receive:
    """A ``receive`` that first returns a message that was already received."""
    messages = [message]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again


def repeat_body(request: Request) -> Receive:
    """A ``receive`` with which the body can be read again; what was not read yet comes from the client.

    Args:
        request: its body was read completely, or not at all.
    """
    if not hasattr(request, "_body"):
        return request.receive
    return _first_again({"type": "http.request", "body": request._body, "more_body": False}, request.receive)


def _check_parts(body: bytes) -> None:
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        detail = f"The body has more than {MOST_PARTS:,} lists and objects, or is nested too deeply: send fewer."
        raise HTTPException(422, detail)


class SenderCheck(ABC):
    """A dependency that refuses senders; a ``BodyRoute`` runs it before it reads a body."""

    @abstractmethod
    async def admit(self, request: Request) -> object:
        """Check who sent a request, by its head alone.

        Args:
            request: its body may not have come yet.

        Raises:
            HTTPException: the sender may not send it.
        """


class BodyRoute(APIRoute):
    """A route that takes a JSON body; it is read after the checks of its sender, so that others cost no parsing."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer, checks = super().get_route_handler(), list(_checks(self.dependant))

        async def answer_request(request: Request) -> Response:
            for check in checks:
                await check.admit(request)
            return await answer(
                request if isinstance(request, BodyRequest) else BodyRequest(request.scope, request.receive)
            )

        return answer_request


def _checks(dependant: Dependant) -> Iterator[SenderCheck]:
    """The checks among the dependencies of a route, in their order."""
    for below in dependant.dependencies:
        if isinstance(below.call, SenderCheck):
            yield below.call
        yield from _checks(below)
