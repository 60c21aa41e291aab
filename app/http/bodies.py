"""Parses large JSON bodies in a thread, so that the event loop can answer other requests."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

LARGE = 4_096  # bytes; a smaller body is parsed sooner than a thread begins
MOST_PARTS = 20_000  # lists and objects in a body: ten times as many as any route takes


class BodyRequest(Request):
    """A request whose JSON is parsed beside the event loop where it is large."""

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


def _check_parts(body: bytes) -> None:
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        detail = f"The body has more than {MOST_PARTS:,} lists and objects, or is nested too deeply: send fewer."
        raise HTTPException(422, detail)


class BodyRoute(APIRoute):
    """A route that takes a JSON body; it is parsed before anybody knows who sent it, on admin routes too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_request(request: Request) -> Response:
            return await answer(
                request if isinstance(request, BodyRequest) else BodyRequest(request.scope, request.receive)
            )

        return answer_request
