"""What browsers send by themselves is taken; what cannot be read is named and counted by its reason."""

import json
import socket
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.app.conftest import until

EVENT = {"event_id": "b1", "user_id": "x", "page": "a20"}
REASONS = ("malformed", "too_large", "hung_up")


def post(client: httpx.Client, content: bytes, content_type: str) -> httpx.Response:
    return client.post("/events", content=content, headers={"Content-Type": content_type})


def refused(client: httpx.Client) -> Counter[str]:
    """Events refused since the service began, by reason."""
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[:1] != "#")
    return Counter(
        {reason: int(float(lines[f'pauta_events_refused_total{{reason="{reason}"}}'])) for reason in REASONS}
    )


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain;charset=UTF-8", "TEXT/PLAIN", "application/json"])
def test_json_sent_as_plain_text_is_taken(common: httpx.Client, content_type: str) -> None:
    event = EVENT | {"event_id": content_type}
    assert post(common, json.dumps(event).encode(), content_type).json() == {"accepted": 1, "duplicates": 0}


@pytest.mark.parametrize("content", [b"hello", b"", b'{"event_id": "e"'])
def test_plain_text_that_is_no_json_is_refused(common: httpx.Client, content: bytes) -> None:
    before = refused(common)
    assert post(common, content, "text/plain").status_code == 422
    assert refused(common) - before == {"malformed": 1}


@pytest.mark.parametrize("route", ["/events", "/articles", "/recommendations", "/predict", "/train"])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_every_route_with_a_body_says_which_type_to_send(
    common: httpx.Client, admin: dict[str, str], route: str, content_type: str
) -> None:
    response = common.post(route, content=b"{}", headers=admin | {"Content-Type": content_type})
    assert response.status_code == 422
    assert response.json()["detail"].endswith("send JSON with the header Content-Type: application/json.")
    assert len(response.json()["errors"]) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"event_id": "é", "page": "a"}'.encode("latin-1"), "UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"event_id": "e", "page": "a", "position": ' + b"9" * 5_000 + b"}", "too long"),
        (b'{"event_id": ', "not valid JSON"),
    ],
)
def test_a_body_that_cannot_be_read_is_named_and_counted_as_malformed(
    common: httpx.Client, content: bytes, says: str
) -> None:
    before = refused(common)
    response = post(common, content, "application/json")
    assert response.status_code == 422
    assert says in response.json()["detail"]
    assert refused(common) - before == {"malformed": 1}


def test_a_client_that_hangs_up_is_counted_so(common: httpx.Client) -> None:
    before = refused(common)
    with socket.create_connection((common.base_url.host, common.base_url.port)) as connection:
        head = "POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        connection.sendall(head.encode())
    until(lambda: refused(common) - before == {"hung_up": 1})


@pytest.mark.parametrize(
    "field", ["user_id", "session", "time", "kind", "region", "device", "os", "referrer", "section", "n", "position"]
)
def test_null_counts_as_left_out(common: httpx.Client, field: str) -> None:
    assert common.post("/events", json=[EVENT | {"event_id": field, field: None}]).json() == {
        "accepted": 1,
        "duplicates": 0,
    }


@pytest.mark.parametrize("field", ["event_id", "page"])
def test_null_for_what_an_event_must_have_is_refused(shared: httpx.Client, field: str) -> None:
    response = shared.post("/events", json=EVENT | {field: None})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == f"item.{field}"


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("/recommendations", dict.fromkeys(("user_id", "session", "section", "explore", "history", "num_recs"))),
        ("/predict", dict.fromkeys(("userId", "max_results", "minScore"))),
    ],
)
def test_null_counts_as_left_out_in_every_question(shared: httpx.Client, route: str, body: dict[str, Any]) -> None:
    assert shared.post(route, json=body).status_code == 200


def test_null_for_an_article_leaves_hidden_as_it_was(common: httpx.Client, admin: dict[str, str]) -> None:
    common.post("/articles", json={"page": "a20", "hidden": True}, headers=admin)
    common.post("/articles", json={"page": "a20", "hidden": None}, headers=admin)
    pages = [item["page"] for item in common.get("/recommendations", params={"num_recs": 100}).json()["items"]]
    assert "a20" not in pages


def test_a_long_list_is_taken_as_a_short_one_is_and_names_its_first_mistake(common: httpx.Client) -> None:
    events = [{"event_id": f"long-{number}", "user_id": f"u{number}", "page": "a20"} for number in range(1_000)]
    wrong = [*events[:700], {**events[700], "page": " "}, *events[701:900], {"event_id": "e"}]
    before = refused(common)
    response = post(common, json.dumps(wrong).encode(), "application/json")
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["list.700.page"]
    assert refused(common) - before == {"malformed": len(wrong)}
    answers = [post(common, json.dumps(events).encode(), "text/plain").json() for _ in range(2)]
    assert answers == [{"accepted": 1_000, "duplicates": 0}, {"accepted": 0, "duplicates": 1_000}]
    too_many = json.dumps([*events, events[0]]).encode()
    assert "1000" in post(common, too_many, "application/json").json()["detail"]


def test_what_would_take_long_to_refuse_is_refused_at_once(common: httpx.Client) -> None:
    unknown = json.dumps({f"k{number}": 0 for number in range(1_000)} | {"event_id": "k", "page": "a1"}).encode()
    fields = [error["field"] for error in post(common, unknown, "application/json").json()["errors"]]
    assert fields == [f"item.k{number}" for number in range(20)]
    parts = json.dumps([{}] * 30_000).encode()
    assert "more than 20,000 lists and objects" in post(common, parts, "application/json").json()["detail"]
    response = common.get("/articles?" + "&".join(f"k{number}=1" for number in range(60)))
    assert response.status_code == 422
    assert response.json()["detail"] == "The address has more than 50 parameters. Send fewer."
    assert common.get("/recommendations", params={"exclude_ids": [f"a{n}" for n in range(1_000)]}).status_code == 200
