"""Intake of events: JSON, also sent as plain text; long lists are validated in slices."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app.http.bodies import BodyRequest, BodyRoute, repeat_body
from app.news.event_shapes import MAX_BATCH, Event, EventsBody
from app.news.service import NewsService, news_of

PLAIN = b"text/plain"  # navigator.sendBeacon sends text with this type, without a preflight request
JSON = b"application/json"
SLICE = 16  # events validated before other requests get their turn
Given = TypeVar("Given")
Made = TypeVar("Made")
_events: TypeAdapter[list[Event]] = TypeAdapter(Annotated[list[Event], Field(fail_fast=True)])
_body: TypeAdapter[Event | list[Event]] = TypeAdapter(EventsBody)


async def in_slices(work: Callable[[Sequence[Given]], list[Made]], items: Sequence[Given]) -> list[Made]:
    """Process the items in slices, so that other requests run between two slices.

    Args:
        work: gives something for each item, or for fewer.
        items: of any number.
    """
    if len(items) <= SLICE:
        return work(items)
    made: list[Made] = []
    for start in range(0, len(items), SLICE):
        if start:
            await asyncio.sleep(0)
        made += work(items[start : start + SLICE])
    return made


class IntakeRoute(BodyRoute):
    """A route that also accepts JSON sent as plain text (browser beacons) and counts invalid bodies.

    It reads JSON bodies itself and calls its function with the events. FastAPI answers all other requests; for JSON
    bodies, it would take 0.1 ms more each, and it reads a long list in one piece.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._otherwise, self.app = self.app, self._answer

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def count_refusals(request: Request) -> Response:
            try:
                return await answer(request)
            except (RequestValidationError, HTTPException) as error:
                _count(news_of(request.app.state.service), error)
                raise

        return count_refusals

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, service = _beacon(scope, receive), news_of(scope["app"].state.service)
        try:
            body = await _events_in(request)
            response = await self.endpoint(request, body, service) if body is not None else None
        except (RequestValidationError, HTTPException) as error:
            _count(service, error)
            raise
        if response is None:
            await self._otherwise(scope, repeat_body(request), send)
        else:
            await response(scope, receive, send)


def _count(service: NewsService, error: RequestValidationError | HTTPException) -> None:
    """Count the events that are refused."""
    if isinstance(error, HTTPException):
        service.metrics.live.count_refused(_reason(error), 1)
    else:
        service.metrics.live.count_refused("malformed", len(error.body) if isinstance(error.body, list) else 1)


def _type(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return JSON if value == JSON else bytes(value.partition(b";")[0].strip().lower())
    return b""


def _beacon(scope: Scope, receive: Receive) -> BodyRequest:
    """The request; one whose body is plain text as one whose body is JSON."""
    if _type(scope) == PLAIN:
        others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
        scope["headers"] = [*others, (b"content-type", JSON)]
    return BodyRequest(scope, receive)


def _reason(error: HTTPException) -> str:
    """The reason under which an invalid body is counted."""
    if isinstance(error.__cause__, ClientDisconnect):
        return "hung_up"
    return {413: "too_large", 401: "not_signed"}.get(error.status_code, "malformed")


async def _events_in(request: BodyRequest) -> Event | list[Event] | None:
    """The body of a request with JSON; None for any other, which FastAPI reads and refuses.

    Raises:
        RequestValidationError: an event is not as it should be; the first such event is named.
    """
    try:
        if _type(request.scope) != JSON:
            return None
        given = await request.json()
    except ClientDisconnect as error:
        raise HTTPException(400, "There was an error parsing the body") from error
    except (ValueError, RecursionError):
        return None
    if given is None:
        return None
    if isinstance(given, list) and SLICE < len(given) <= MAX_BATCH:
        return await _long_list(given)
    try:
        return _body.validate_python(given, from_attributes=True)  # as FastAPI does
    except ValidationError as error:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(errors, body=given) from None


async def _long_list(given: list[Any]) -> list[Event]:
    """The events of a long list, validated in slices.

    Raises:
        RequestValidationError: an event is not as it should be; the first such event is named.
    """
    events: list[Event] = []
    for start in range(0, len(given), SLICE):
        await asyncio.sleep(0)
        try:
            events += _events.validate_python(given[start : start + SLICE])
        except ValidationError as error:
            raise RequestValidationError(_locate_errors(error, start), body=given) from None
    return events


def _locate_errors(error: ValidationError, start: int) -> list[dict[str, Any]]:
    """The errors of a slice, with their places in the body."""
    found = error.errors(include_url=False)
    return [{**one, "loc": ("body", "list", start + int(one["loc"][0]), *one["loc"][1:])} for one in found]
