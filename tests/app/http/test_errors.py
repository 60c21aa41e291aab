"""Every error is a problem (RFC 9457), whatever was sent."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.main import create_app
from script_shared.errors import InputError, PautaError
from script_shared.settings import Settings
from tests.app.conftest import Store, serving

MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}
JSON = {"Content-Type": "application/json"}


def is_problem(response: httpx.Response) -> bool:
    body = response.json()
    return (
        response.headers["Content-Type"] == "application/problem+json"
        and body.keys() >= MEMBERS
        and body["status"] == response.status_code
        and body["request_id"] == response.headers["X-Request-ID"]
        and bool(body["title"] and body["detail"])
    )


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/health/", 404),
        ("GET", "/web/nothing.js", 404),
        ("GET", "/web/..%2f..%2fmain.py", 404),
        ("DELETE", "/recommendations", 405),
        ("GET", "/predict", 405),
        ("GET", "/recommendations?num_recs=0", 422),
        ("POST", "/recommendations", 422),
        ("POST", "/train", 403),
    ],
)
def test_every_kind_of_refusal_is_a_problem(shared: httpx.Client, method: str, address: str, status: int) -> None:
    response = shared.request(method, address)
    assert response.status_code == status
    assert is_problem(response)


def test_a_405_names_every_method_that_is_answered(shared: httpx.Client) -> None:
    assert shared.delete("/recommendations").headers["Allow"] == "GET, HEAD, POST"


def test_a_body_that_is_no_json_is_told_so(shared: httpx.Client) -> None:
    response = shared.post("/predict", content=b'{"userId": ', headers=JSON)
    assert response.status_code == 422
    assert "not valid JSON" in response.json()["detail"]


@pytest.mark.parametrize("address", ["/predict", "/recommendations"])
@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, "was sent without a type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "was sent as application/x-www-form-urlencoded"),
        ({"Content-Type": "text/plain; charset=utf-8"}, "was sent as text/plain"),
    ],
)
def test_json_sent_as_something_else_is_refused_and_told_its_type(
    shared: httpx.Client, address: str, sent: dict[str, str], named: str
) -> None:
    response = shared.post(address, content=b"{}", headers=sent)
    assert response.status_code == 422
    assert is_problem(response)
    assert response.json()["detail"] == f"body: {named}: send JSON with the header Content-Type: application/json."


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/vnd.x+json"])
def test_json_that_is_no_object_is_not_blamed_on_its_type(shared: httpx.Client, kind: str) -> None:
    response = shared.post("/predict", content=b"[1]", headers={"Content-Type": kind})
    assert response.status_code == 422
    assert "Content-Type" not in response.json()["detail"]


def test_an_endless_body_is_refused(shared: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    response = shared.post("/predict", content=chunks(), headers=JSON)
    assert response.status_code == 413
    assert is_problem(response)


def test_values_are_not_repeated_in_problems(shared: httpx.Client) -> None:
    response = shared.get("/recommendations", params={"user_id": "secret-reader" * 50})
    assert response.status_code == 422
    assert "secret-reader" not in response.text


@pytest.mark.parametrize("given_id", ["abc-123", "a:b.c_d", "x" * 128])
def test_a_request_id_comes_back(shared: httpx.Client, given_id: str) -> None:
    response = shared.get("/recommendations", headers={"X-Request-ID": given_id})
    assert response.headers["X-Request-ID"] == response.json()["request_id"] == given_id


@pytest.mark.parametrize("given_id", ["", "x" * 129, "a b", "<script>", "a\u00e9"])
def test_a_request_id_that_is_not_plain_is_replaced(shared: httpx.Client, given_id: str) -> None:
    response = shared.get("/recommendations", headers={b"X-Request-ID": given_id.encode()})
    assert response.status_code == 200
    assert len(response.headers["X-Request-ID"]) == 32


@pytest.fixture
def broken(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A service with routes that fail."""

    def made(settings: Settings) -> Any:
        app = create_app(settings)
        app.add_api_route("/fails/oddly", fails_with(ZeroDivisionError("the reader log0")))
        app.add_api_route("/fails/ours", fails_with(PautaError("The shelf is full.", fix="Empty it.")))
        app.add_api_route("/fails/input", fails_with(InputError("That is no page.", fix="Send a page.")))
        return app

    monkeypatch.setattr("tests.app.conftest.create_app", made)
    with serving(store.settings) as client:
        yield client


def fails_with(error: Exception) -> Any:
    async def endpoint() -> None:
        raise error

    return endpoint


def test_a_mistake_of_the_service_is_a_500_that_tells_nothing_but_its_id(broken: httpx.Client) -> None:
    response = broken.get("/fails/oddly", headers={"X-Request-ID": "look-me-up"})
    assert response.status_code == 500
    assert is_problem(response)
    assert response.json()["request_id"] == "look-me-up"
    assert "log0" not in response.text
    assert 'route="/fails/oddly",status="500"' in broken.get("/metrics").text


@pytest.mark.parametrize(("address", "status"), [("/fails/ours", 500), ("/fails/input", 422)])
def test_errors_raised_on_purpose_say_what_to_do(broken: httpx.Client, address: str, status: int) -> None:
    response = broken.get(address)
    assert response.status_code == status
    assert is_problem(response)
    assert response.json()["detail"].endswith(("Empty it.", "Send a page."))


SMALL = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
ANY_JSON = st.recursive(
    SMALL,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KNOWN = st.sampled_from(["user_id", "userId", "num_recs", "history", "exclude", "max_results", "minScore", "params"])
BODY = st.dictionaries(KNOWN, ANY_JSON, max_size=4) | ANY_JSON
PLACES = st.sampled_from(["/recommendations", "/predict"])


@given(address=PLACES, body=BODY)
@settings(max_examples=300, deadline=None)
def test_no_json_brings_the_service_down(shared: httpx.Client, address: str, body: Any) -> None:
    response = shared.post(address, content=json.dumps(body), headers=JSON)
    assert response.status_code in (200, 422)
    assert response.status_code == 200 or is_problem(response)


@given(address=PLACES, body=st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_bytes_bring_the_service_down(shared: httpx.Client, address: str, body: bytes) -> None:
    response = shared.post(address, content=body, headers=JSON)
    assert response.status_code in (200, 400, 422)
    assert response.status_code == 200 or is_problem(response)


@given(
    query=st.dictionaries(
        st.sampled_from(["user_id", "num_recs"]) | st.text(max_size=5),
        st.text(max_size=30) | st.integers().map(str),
        max_size=3,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_query_brings_the_service_down(shared: httpx.Client, query: dict[str, str]) -> None:
    response = shared.get("/recommendations", params=query)
    assert response.status_code in (200, 422)
    assert response.status_code == 200 or is_problem(response)


@pytest.mark.parametrize(
    "body",
    [
        b'{"user_id": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"history": ["\\u0000"]}',
        b"[" * 100_000,
        b'{"num_recs": ' + b"9" * 10_000 + b"}",
        b'{"num_recs": 1e999}',
        b'{"userId": "a", "userId": 7}',
    ],
)
@pytest.mark.parametrize("address", ["/recommendations", "/predict", "/train"])
def test_known_traps_of_json_are_answered(shared: httpx.Client, address: str, body: bytes) -> None:
    response = shared.post(address, content=body, headers=JSON)
    assert response.status_code in (200, 400, 403, 422)
    assert response.status_code == 200 or is_problem(response)
