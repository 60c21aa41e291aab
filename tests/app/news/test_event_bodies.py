"""The intake of events reads and refuses the same bodies as FastAPI, with the same errors."""

import asyncio
import json
from typing import Annotated, Any

import pytest
from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

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


def read(body: Any) -> Any:
    """What the intake makes of a body."""
    sent = iter([{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}])

    async def receive() -> Any:
        return next(sent)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}
    return asyncio.run(_events_in(BodyRequest(scope, receive)))


@pytest.mark.parametrize("body", WRONG, ids=lambda body: str(body)[:40])
def test_a_wrong_body_has_the_errors_that_fastapi_gives(plain: TestClient, body: Any) -> None:
    with pytest.raises(RequestValidationError) as expected:
        plain.post("/", json=body)
    with pytest.raises(RequestValidationError) as found:
        read(body)
    assert _faults(found.value.errors()) == _faults(expected.value.errors())


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_events_are_read_as_fastapi_reads_them(plain: TestClient, count: int) -> None:
    body = [CLICK] * count or CLICK
    found = read(body)
    assert plain.post("/", json=body).json() == (len(found) if isinstance(found, list) else 1)
    assert {event.page for event in (found if isinstance(found, list) else [found])} == {"a"}


def test_a_body_of_null_is_left_to_fastapi() -> None:
    assert read(None) is None


FAULTS: list[Any] = [{"page": ""}, {"kind": "view"}, {"time": "yesterday"}, {"position": -1}, {"other": 1}, {"n": "x"}]


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 70), faults=st.dictionaries(st.integers(0, 69), st.sampled_from(FAULTS), max_size=4))
def test_a_list_with_bad_events_has_the_errors_that_fastapi_gives(
    plain: TestClient, count: int, faults: dict[int, Any]
) -> None:
    body = [{**CLICK, "event_id": str(place), **faults.get(place, {})} for place in range(count)]
    if not any(place < count for place in faults):
        assert [event.event_id for event in read(body)] == [str(place) for place in range(count)]
        return
    with pytest.raises(RequestValidationError) as expected:
        plain.post("/", json=body)
    with pytest.raises(RequestValidationError) as found:
        read(body)
    assert _faults(found.value.errors()) == _faults(expected.value.errors())
