"""The intake of events reads and refuses the same bodies as FastAPI, with the same errors."""

import asyncio
import json
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient

from app.http.bodies import BodyRequest
from app.news.event_bodies import _events_in
from app.news.event_shapes import EventsBody

CLICK = {"event_id": "1", "user_id": "u", "page": "a"}
WRONG: list[Any] = [
    {},
    [],
    7,
    "text",
    {"page": ""},
    {**CLICK, "time": "yesterday"},
    {**CLICK, "kind": "view", "other": 1},
    [CLICK, {**CLICK, "position": -1}],
    [CLICK, 7],
    [CLICK] * 3_000,
]


def _faults(errors: Any) -> list[tuple[Any, ...]]:
    return [(error["type"], tuple(error["loc"]), error["msg"]) for error in errors]


@pytest.fixture(scope="module")
def plain() -> TestClient:
    app = FastAPI()

    @app.post("/")
    def answer(body: Annotated[EventsBody, Body()]) -> int:
        return len(body) if isinstance(body, list) else 1

    @app.exception_handler(RequestValidationError)
    async def refuse(_: Request, error: RequestValidationError) -> Any:
        raise error

    return TestClient(app)


def read(given: Any) -> Any:
    """What the intake makes of a body."""
    sent = iter([{"type": "http.request", "body": json.dumps(given).encode(), "more_body": False}])

    async def receive() -> Any:
        return next(sent)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}
    return asyncio.run(_events_in(BodyRequest(scope, receive)))


@pytest.mark.parametrize("given", WRONG, ids=lambda given: str(given)[:40])
def test_a_wrong_body_has_the_errors_that_fastapi_gives(plain: TestClient, given: Any) -> None:
    with pytest.raises(RequestValidationError) as expected:
        plain.post("/", json=given)
    with pytest.raises(RequestValidationError) as found:
        read(given)
    assert _faults(found.value.errors()) == _faults(expected.value.errors())


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_events_are_read_as_fastapi_reads_them(plain: TestClient, count: int) -> None:
    given = [CLICK] * count or CLICK
    found = read(given)
    assert plain.post("/", json=given).json() == (len(found) if isinstance(found, list) else 1)
    assert {event.page for event in (found if isinstance(found, list) else [found])} == {"a"}


def test_a_body_of_null_is_left_to_fastapi() -> None:
    assert read(None) is None
