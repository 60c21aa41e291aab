"""An id, a title and a missing value are the same at every door of the API, and what is refused is refused by name."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.names import MAX_ID, clean_id

IDS = [
    "L" * 200,
    "x" * MAX_ID,
    " padded ",
    "\u00a0nbsp\u200b",
    "[urgente]",
    "esid:conteudo_editorial_g1#materia#https://g1.globo.com/a/b.ghtml",
    "a/b?c=d&e#f%41",
    "ação 🚀",
    "0",
    "-17",
    "'; DROP TABLE x; --",
]
BAD = ["a\tb", "a\nb", "a\x00b", "a\x85b", "x" * (MAX_ID + 1)]


def good(response: httpx.Response) -> Any:
    assert response.status_code == 200, response.text
    return response.json()


def pages(client: httpx.Client, **query: Any) -> list[str]:
    items = good(client.get("/recommendations", params={"num_recs": 100, **query}))["items"]
    return [item["page"] for item in items]


@pytest.mark.parametrize("name", IDS)
def test_a_user_is_one_at_every_door(client: httpx.Client, admin: dict[str, str], name: str) -> None:
    event = {"event_id": f"e {name}"[:MAX_ID], "user_id": name, "page": "a20"}
    assert good(client.post("/events", json=event)) == {"accepted": 1, "duplicates": 0}
    for spelling in (name, clean_id(name), f" {clean_id(name)}\u00a0"):
        assert "a20" not in pages(client, user_id=spelling)
        assert "a20" in pages(client, user_id=f"{clean_id(name)[:100]}-other")
        body = {"user_id": spelling, "num_recs": 100}
        assert "a20" not in [item["page"] for item in good(client.post("/recommendations", json=body))["items"]]
        asked = {"userId": spelling, "max_results": 100}
        assert "a20" not in [item["page"] for item in good(client.post("/predict", json=asked))["predictions"]]
        known = good(client.get(f"/users/{quote(spelling, safe='')}", headers=admin))
        assert (known["user_id"], known["live_reads"]) == (clean_id(name), ["a20"])
    good(client.delete(f"/users/{quote(name, safe='')}", headers=admin))
    assert "a20" in pages(client, user_id=name)


@pytest.mark.parametrize("name", IDS)
def test_an_article_is_one_at_every_door(client: httpx.Client, admin: dict[str, str], name: str) -> None:
    page, spelling = clean_id(name), f"\t{name} "
    good(client.post("/articles", json={"page": name, "title": "Novo", "section": "só aqui"}, headers=admin))
    assert pages(client, section="so-aqui") == [page]
    assert pages(client, section="so-aqui", exclude_ids=spelling) == []
    body = {"section": "so-aqui", "exclude": [spelling]}
    assert good(client.post("/recommendations", json=body))["items"] == []
    body = {"section": "so-aqui", "history": [spelling]}
    assert good(client.post("/recommendations", json=body))["items"] == []
    assert pages(client, section="so-aqui", context_item=spelling) == []
    assert good(client.get(f"/articles/{quote(spelling, safe='')}"))["page"] == page
    event = {"event_id": "e", "user_id": "reader", "page": spelling}
    assert good(client.post("/events", json=event))["accepted"] == 1
    assert pages(client, section="so-aqui", user_id="reader") == []
    good(client.post("/articles", json={"page": spelling, "taken_down": True}, headers=admin))
    assert pages(client, section="so-aqui") == []


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_id_is_refused_at_every_door_with_the_field(
    client: httpx.Client, admin: dict[str, str], bad: str
) -> None:
    event = {"event_id": "e", "user_id": "u", "page": "a20"}
    answers = [
        (client.post("/events", json=[event, event | {field: bad}]), field)
        for field in ("event_id", "user_id", "page", "session", "request_id")
    ]
    answers.append((client.post("/articles", json={"page": bad}, headers=admin), "page"))
    answers += [
        (client.get("/recommendations", params={field: bad}), field)
        for field in ("user_id", "session", "context_item", "exclude_ids")
    ]
    answers += [(client.post("/recommendations", json={field: ["a", bad]}), field) for field in ("history", "exclude")]
    answers.append((client.post("/predict", json={"userId": bad}), "userId"))
    if "\n" not in bad:  # to a path it is no address at all
        answers.append((client.get(f"/users/{quote(bad, safe='')}", headers=admin), "user_id"))
    for response, field in answers:
        assert response.status_code == 422, (field, response.text)
        assert any(field in error["field"] for error in response.json()["errors"]), response.text


OPTIONAL = {
    "/events": ({"event_id": "e", "page": "a20"}, ["user_id", "time", "session", "region", "device", "os", "referrer"]),
    "/articles": ({"page": "new"}, ["title", "url", "text", "section", "region", "issued", "hidden", "tags"]),
    "/recommendations": ({}, ["user_id", "session", "num_recs", "section", "context_item", "history", "exclude"]),
    "/predict": ({}, ["userId", "max_results", "minScore"]),
}


@pytest.mark.parametrize("route", OPTIONAL)
def test_null_for_an_optional_field_leaves_it_out(client: httpx.Client, admin: dict[str, str], route: str) -> None:
    body, optional = OPTIONAL[route]
    for names in ([name] for name in optional):
        good(client.post(route, json=body | dict.fromkeys(names), headers=admin))
    good(client.post(route, json=body | dict.fromkeys(optional), headers=admin))


def test_titles_with_line_breaks_and_entities_are_shown_on_one_line(
    client: httpx.Client, admin: dict[str, str]
) -> None:
    title = "Elei&ccedil;\u00e3o\r\nde o\ufb01cina \u00ad&amp; voto\x07"
    good(client.post("/articles", json=[{"page": "new", "title": title, "section": "nova"}], headers=admin))
    [item] = good(client.get("/recommendations", params={"section": "Nova"}))["items"]
    assert item["title"] == "Eleição de oficina & voto"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_events_and_questions_take_the_same_ids(client: httpx.Client, name: str) -> None:
    event = {"event_id": f"e{name.encode().hex()}", "user_id": name, "page": "a20"}
    posted = client.post("/events", json=event).status_code
    assert posted == client.get("/recommendations", params={"user_id": name}).status_code
    assert posted == client.post("/recommendations", json={"user_id": name}).status_code
    assert posted == client.post("/predict", json={"userId": name}).status_code
    assert posted in (200, 422)
