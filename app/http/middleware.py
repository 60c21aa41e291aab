"""Middleware of every request: adds an id, measures it, limits the body, and always answers."""

import logging
import re
import secrets
import time

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.encodings import inflate_body
from app.http.errors import problem, unexpected_problem
from app.metrics.telemetry import Telemetry

log = logging.getLogger("pauta.access")
_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
MOST_PARAMETERS = 50  # of one address, besides those that may be given many times; FastAPI takes the square of it
_MANY = b"exclude_ids="
STREAM = "pauta_stream"  # in the scope of a request whose answer goes on until the client leaves
TRACE_ID = "trace_id"  # in the scope of a request whose trace is kept: 32 hex characters
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def request_id(scope: Scope) -> str:
    """The id the client sent in ``X-Request-ID``, where it is a plain one; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return str(value, "ascii")
    return secrets.token_hex(16)


def header_of(scope: Scope, name: bytes) -> str | None:
    """The first header with a name, or None; creating Starlette's ``Headers`` takes five times as long.

    Args:
        scope: of the request; its header names are in lower case.
        name: in lower case.

    >>> header_of({"headers": [(b"host", b"a"), (b"x", b"1"), (b"x", b"2")]}, b"x")
    '1'
    """
    for given, value in scope["headers"]:
        if given == name:
            return str(value, "latin-1")
    return None


def route_of(scope: Scope) -> str:
    """The template of the route that answers, such as ``/articles/{page}``.

    Args:
        scope: of the request, after its route was found.
    """
    return getattr(scope.get("route"), "path_format", "unmatched")


def method_of(scope: Scope) -> str:
    """The method, ``other`` for one that no route has: a client may send any word.

    Args:
        scope: of the request.
    """
    return scope["method"] if scope["method"] in _METHODS else "other"


def limit_body(receive: Receive, most: int) -> Receive:
    """``receive`` that answers 413 once the body is larger than ``most`` bytes.

    Args:
        receive: of the ASGI server.
        most: bytes of a body.
    """
    total = 0

    async def receive_some() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            raise HTTPException(413, f"The body is larger than {most:,} bytes. Send less.")
        return message

    return receive_some


def _has_too_many_parameters(scope: Scope) -> bool:
    query: bytes = scope["query_string"]
    return query.count(b"&") - query.count(_MANY) >= MOST_PARAMETERS


def _too_many_parameters(scope: Scope) -> ASGIApp:
    detail = f"The address has more than {MOST_PARAMETERS} parameters. Send fewer."
    return problem(Request(scope), 422, detail)


def _body(scope: Scope, receive: Receive, most: int) -> Receive:
    """``receive`` with the body as it is read here: of a bounded size, and inflated."""
    if scope["method"] in ("GET", "HEAD"):
        return receive
    return inflate_body(scope, limit_body(receive, most), most)


class RequestMiddleware:
    """Wraps the application: request id in and out, time and status counted by route template.

    The log has one line per request at level debug, one per failed request at level warning. It ends with the variant
    of an experiment (``name/variant``) that answered, and holds no query, body or id of a user.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry, body_bytes: int) -> None:
        self.app = app
        self.telemetry = telemetry
        self._body_bytes = body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        scope["request_id"] = request_id(scope)
        header = (b"x-request-id", scope["request_id"].encode())
        status, answered = 500, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                if not any(name == b"x-request-id" for name, _ in message["headers"]):
                    message["headers"] = [*message["headers"], header]
            await send(message)

        try:
            app = _too_many_parameters(scope) if _has_too_many_parameters(scope) else self.app
            await app(scope, _body(scope, receive, self._body_bytes), send_with_id)
        except Exception as error:  # the edge: whatever nobody expected is still answered, logged and counted
            if answered:
                raise  # too late to say anything; the server closes the connection
            await unexpected_problem(Request(scope), error)(scope, receive, send_with_id)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        if scope.get(STREAM):
            return  # its time says how long somebody watched
        route, method = route_of(scope), method_of(scope)
        self.telemetry.http.count_request(route, method, status, seconds, scope.get(TRACE_ID, ""))
        level = logging.WARNING if status == 500 else logging.DEBUG
        if log.isEnabledFor(level):
            variant = f" {scope['variant']}" if scope.get("variant") else ""
            log.log(level, "%s %s %d %.1f ms %s%s", method, route, status, 1000 * seconds, scope["request_id"], variant)
