"""Rules over HTTP: roles, versions, contradictions, and that every list of every path follows them at once."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.events import EventLog
from script_shared.settings import Settings
from script_shared.times import iso
from tests.app.conftest import TOKEN, Store, release_of, serving, until
from tests.app.releases_made import NOW_MS

LATER = iso(NOW_MS + 3_600_000)
ADMIN = {"Authorization": f"Bearer {TOKEN}"}


def body(kind: str, about: str, **fields: Any) -> dict[str, Any]:
    by, _, name = about.partition(" ")
    return {"kind": kind, "about": {"by": by, "name": name}, "reason": "for a test", **fields}


def add(client: httpx.Client, kind: str, about: str, **fields: Any) -> dict[str, Any]:
    answer = client.post("/rules", json=body(kind, about, **fields), headers=ADMIN)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def remove(client: httpx.Client, made: dict[str, Any]) -> None:
    answer = client.delete(f"/rules/{made['rule_id']}?version={made['version']}", headers=ADMIN)
    assert answer.status_code == 200, answer.text


def pages(answer: httpx.Response) -> list[str]:
    found = answer.json()
    return [item["page"] for item in (found["items"] if "items" in found else found["predictions"])]


@pytest.fixture
def rules(common: httpx.Client) -> Iterator[httpx.Client]:
    """A service whose rules are removed after the test."""
    yield common
    for made in common.get("/rules", headers=ADMIN).json()["rules"]:
        remove(common, made)


def test_a_pinned_article_leads_its_front_and_says_why(rules: httpx.Client) -> None:
    add(rules, "pin", "article a12", place=1, end=LATER)
    add(rules, "pin", "article a13", place=1, front="Esportes", end=LATER)
    first = rules.get("/recommendations").json()["items"][0]
    assert (first["page"], first["reason"], first["source"]) == ("a12", "chosen by the editors", "editors")
    assert pages(rules.get("/recommendations?section=esportes"))[0] == "a13"
    assert pages(rules.post("/recommendations", json={"user_id": "log1"}))[0] == "a12"
    assert pages(rules.post("/predict", json={"userId": "nobody"}))[0] == "a12"


def test_a_taken_down_article_is_on_no_path_and_comes_back_with_the_rule_removed(rules: httpx.Client) -> None:
    rules.post("/events", json=[{"event_id": f"r{n}", "user_id": f"r{n}", "page": "a30"} for n in range(30)])
    paths = ("/recommendations?num_recs=100", "/recommendations?section=economia&num_recs=100", "/latest?limit=100")
    paths = (*paths, "/most-read", "/articles?limit=100")
    assert all("a30" in pages(rules.get(path)) for path in paths)
    made = add(rules, "take_down", "article a30")
    assert not any("a30" in pages(rules.get(path)) for path in paths)
    assert rules.get("/articles/a30").status_code == 404
    assert rules.get("/articles/a30", headers=ADMIN).json()["state"] == "taken_down"
    seen, cursor = list[str](), ""
    while cursor is not None:
        answer = rules.get("/recommendations", params={"cursor": cursor, "num_recs": 10})
        seen, cursor = [*seen, *pages(answer)], answer.json()["next"]
    assert "a30" not in seen
    remove(rules, made)
    assert all("a30" in pages(rules.get(path)) for path in paths)


def test_a_quota_holds_in_most_read_and_latest(rules: httpx.Client) -> None:
    clicks = [{"event_id": f"q{n}", "user_id": f"q{n}", "page": f"a{20 + n % 12}"} for n in range(48)]
    rules.post("/events", json=clicks)
    few = [int(page[1:]) % 3 for page in pages(rules.get("/latest?limit=10"))].count(2)
    assert few > 1
    add(rules, "quota", "section mundo", most=0.1)
    for path in ("/latest?limit=10", "/most-read?limit=8"):
        found = pages(rules.get(path))
        assert [int(page[1:]) % 3 for page in found].count(2) <= 1, path
        assert len(found) == (10 if "latest" in path else 8)


def test_articles_kept_apart_are_apart_on_two_pages(rules: httpx.Client) -> None:
    first = rules.get("/recommendations?num_recs=1&explore=0").json()
    second = rules.get("/recommendations", params={"num_recs": 1, "cursor": first["next"], "explore": 0}).json()
    add(
        rules,
        "keep_apart",
        f"article {first['items'][0]['page']}",
        other={"by": "article", "name": second["items"][0]["page"]},
    )
    again = rules.get("/recommendations", params={"num_recs": 1, "cursor": first["next"], "explore": 0})
    assert pages(again) != [second["items"][0]["page"]]


def test_a_rule_that_contradicts_another_is_refused_with_its_name(rules: httpx.Client) -> None:
    made = add(rules, "pin", "article a12", place=1, end=LATER)
    answer = rules.post("/rules", json=body("take_down", "article a12"), headers=ADMIN)
    assert answer.status_code == 409
    assert made["rule_id"] in answer.json()["detail"]
    assert "pins article a12 at place 1 of the page" in answer.json()["detail"]


def test_the_second_writer_gets_a_409_that_says_what_changed(rules: httpx.Client) -> None:
    made = add(rules, "pin", "article a12", place=1, end=LATER)
    change = {**body("pin", "article a12", end=LATER), "version": 1}
    one = rules.put(f"/rules/{made['rule_id']}", json={**change, "place": 2}, headers=ADMIN)
    assert (one.status_code, one.json()["version"], one.json()["place"]) == (200, 2, 2)
    other = rules.put(f"/rules/{made['rule_id']}", json={**change, "place": 3}, headers=ADMIN)
    assert other.status_code == 409
    assert "token:admin" in other.json()["detail"]
    assert "place from 1 to 2" in other.json()["detail"]
    versions = rules.get(f"/rules/{made['rule_id']}", headers=ADMIN).json()["versions"]
    assert [(each["version"], each["place"], each["removed"]) for each in versions] == [(1, 1, False), (2, 2, False)]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (body("pin", "article a12", place=1), "needs an end"),
        (body("pin", "article nowhere", place=1, end=LATER), "does not exist"),
        (body("pin", "article a12", place=1, end=iso(NOW_MS - 1000)), "has passed"),
        (body("quota", "section mundo", least=0.5, most=0.1), "at most as large"),
        (body("take_down", "article a12", reason=" "), "reason"),
        (body("take_down", "article a12", placement=1), "placement"),
    ],
)
def test_a_rule_that_lacks_something_is_refused_in_words(rules: httpx.Client, sent: dict[str, Any], words: str) -> None:
    answer = rules.post("/rules", json=sent, headers=ADMIN)
    assert answer.status_code == 422
    assert words in answer.text


def test_viewers_read_and_editors_change_and_each_change_is_one_entry_of_the_record(store: Store) -> None:
    store.settings.data_dir.mkdir()
    events = EventLog(store.settings.events_address)
    tokens = {role: events.tokens.make(role, role, by="test")[1] for role in ("viewer", "editor")}
    events.close()
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        viewer, editor = ({"Authorization": f"Bearer {tokens[role]}"} for role in ("viewer", "editor"))
        assert client.get("/rules").status_code == 401
        assert client.post("/rules", json=body("take_down", "article a12"), headers=viewer).status_code == 403
        made = client.post("/rules", json=body("take_down", "article a12"), headers=editor).json()
        assert (made["author"], made["state"]) == ("token:editor", "active")
        listed = client.get("/rules?kind=take_down&state=active", headers=viewer).json()["rules"]
        assert [each["rule_id"] for each in listed] == [made["rule_id"]]
        client.delete(f"/rules/{made['rule_id']}?version=1", headers=editor)
        found = client.get("/audit?what=editorial", headers=ADMIN).json()["entries"]
        assert [(each["who"], each["to"], each["why"]) for each in found] == [
            ("token:editor", f"rule {made['rule_id']}", "removed: takes down article a12 (for a test)"),
            ("token:editor", f"rule {made['rule_id']}", "added: takes down article a12 (for a test)"),
        ]


def test_another_process_follows_and_a_restart_keeps_the_rules(store: Store) -> None:
    store.promote("v1")
    settings = store.settings
    with serving(settings) as one, serving(Settings(**{**dict(settings), "admin_token": SecretStr(TOKEN)})) as other:
        until(lambda: release_of(one) == release_of(other) == "v1")
        made = add(one, "take_down", "article a30")
        until(lambda: "a30" not in pages(other.get("/recommendations?num_recs=100")))
        remove(other, made)
        until(lambda: "a30" in pages(one.get("/recommendations?num_recs=100")))
        add(one, "pin", "article a30", place=2, end=LATER)
    with serving(settings) as again:
        until(lambda: release_of(again) == "v1")
        assert pages(again.get("/recommendations"))[1] == "a30"


def test_a_preview_shows_both_lists_the_contradiction_and_the_cost_and_stores_nothing(rules: httpx.Client) -> None:
    rules.post("/events", json=[{"event_id": f"v{n}", "user_id": f"v{n}", "page": "a40"} for n in range(30)])
    made = add(rules, "pin", "article a12", place=1, end=LATER)
    sent = body("take_down", "article a40")
    found = rules.post("/rules/preview", json=sent, headers=ADMIN).json()
    assert "a40" in [item["page"] for item in found["before"]]
    assert "a40" not in [item["page"] for item in found["after"]]
    assert (len(found["before"]), len(found["after"]), found["conflict"]) == (10, 10, "")
    assert found["cost"]["cost"] > 0
    assert 0 < found["cost"]["changed"] <= found["cost"]["lists"]
    clash = rules.post("/rules/preview", json=body("pin", "article a13", place=1, end=LATER), headers=ADMIN).json()
    assert made["rule_id"] in clash["conflict"]
    assert [each["rule_id"] for each in rules.get("/rules", headers=ADMIN).json()["rules"]] == [made["rule_id"]]


def test_the_cost_of_a_pin_at_the_top_is_greater_than_below(rules: httpx.Client) -> None:
    rules.post("/events", json=[{"event_id": f"c{n}", "user_id": f"c{n}", "page": f"a{40 + n % 5}"} for n in range(60)])
    top = add(rules, "pin", "article a11", place=1, end=LATER)
    low = add(rules, "pin", "article a14", place=9, end=LATER)
    costs = [rules.get(f"/rules/{made['rule_id']}/cost", headers=ADMIN).json()["cost"] for made in (top, low)]
    assert costs[0] > costs[1] >= 0
    assert rules.get("/rules/0123456789ab/cost", headers=ADMIN).status_code == 404
