"""Readers can see what is known of them, and be forgotten everywhere."""

import json
import shutil
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from script_shared.events import EventLog, Kind
from script_shared.events.entry import user_digest
from script_shared.news.params import FILE, NewsParams
from script_shared.news.serving.loading import POSITION
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params
from tests.app.conftest import Store, release_of, serving, until


def pages(client: httpx.Client, user: str) -> list[str]:
    answer = client.get("/recommendations", params={"user_id": user, "num_recs": 100}).json()
    return [item["page"] for item in answer["items"]]


def click(client: httpx.Client, user: str, page: str) -> None:
    body = {"event_id": f"{user} {page}", "user_id": user, "page": page}
    assert client.post("/events", json=body).status_code == 200


def visit(client: httpx.Client, session: str, page: str, user: str = "") -> None:
    body = {"event_id": f"{session} {page}", "session": session, "user_id": user, "page": page}
    assert client.post("/events", json=body).status_code == 200


def test_an_export_holds_the_log_the_live_state_and_the_release(client: httpx.Client, admin: dict[str, str]) -> None:
    click(client, "log0", "a20")
    known = client.get("/users/log0", headers=admin).json()
    assert [(entry["kind"], entry["article_id"]) for entry in known["entries"]] == [("click", "a20")]
    assert known["live_reads"] == ["a20"]
    assert known["release"]["logged"] is True
    assert [read["page"] for read in known["release"]["reads"]] == ["a3", "a11", "a12", "a13"]


@pytest.mark.parametrize("place", ["/users/stranger", "/users/session%20stranger", "/sessions/stranger"])
def test_who_is_known_by_nothing_is_not_found(client: httpx.Client, admin: dict[str, str], place: str) -> None:
    for answer in (client.get(place, headers=admin), client.delete(place, headers=admin)):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_the_answer_counts_what_was_found(client: httpx.Client, admin: dict[str, str]) -> None:
    click(client, "log0", "a20")
    shown = {"event_id": "i", "kind": "impression", "user_id": "log0", "page": "a21"}
    assert client.post("/events", json=shown).status_code == 200
    counts = {"entries": {"click": 1, "impression": 1}, "visits": 0, "live_reads": 1, "live_shown": 1, "answers": 0}
    counts["release_reads"] = 4
    assert client.get("/users/log0", headers=admin).json()["counts"] == counts
    assert client.delete("/users/log0", headers=admin).json() == {"entries": 2, "found": counts}
    assert client.delete("/users/log0", headers=admin).status_code == 404


@pytest.mark.parametrize("place", ["/sessions/visit-7", "/users/session%20visit-7"])
def test_a_visit_without_a_user_can_be_seen_and_forgotten(
    client: httpx.Client, store: Store, admin: dict[str, str], place: str
) -> None:
    visit(client, "visit-7", "a20")
    visit(client, "visit-8", "a21")
    known = client.get(place, headers=admin).json()
    assert [(entry["kind"], entry["article_id"]) for entry in known["entries"]] == [("click", "a20")]
    assert known["live_reads"] == ["a20"]
    assert client.delete(place, headers=admin).json()["found"]["entries"] == {"click": 1}
    assert client.get(place, headers=admin).status_code == 404
    entries = EventLog(store.settings.events_address).tail(0)
    assert [entry.article_id for entry in entries if entry.kind == Kind.CLICK] == ["a21"]
    visit(client, "visit-7", "a22")
    assert client.get(place, headers=admin).json()["live_reads"] == ["a22"]


def test_the_visits_of_a_user_are_exported_and_erased_with_the_user(
    client: httpx.Client, store: Store, admin: dict[str, str]
) -> None:
    visit(client, "visit-7", "a20")
    visit(client, "visit-7", "a21", "ana")
    visit(client, "visit-8", "a22")
    known = client.get("/users/ana", headers=admin).json()
    assert [entry["article_id"] for entry in known["entries"]] == ["a20", "a21"]
    assert known["visits"] == ["visit-7"]
    assert client.delete("/users/ana", headers=admin).json()["found"]["entries"] == {"click": 2}
    assert client.get("/sessions/visit-7", headers=admin).status_code == 404
    entries = EventLog(store.settings.events_address).tail(0)
    assert [entry.article_id for entry in entries if entry.kind == Kind.CLICK] == ["a22"]


@pytest.mark.parametrize("seen_in", ["click", "impression", "request"])
def test_what_a_visit_read_before_the_login_does_not_come_back_to_the_user(
    client: httpx.Client, admin: dict[str, str], seen_in: str
) -> None:
    for page in ("a20", "a21"):
        visit(client, "visit-7", page)
    if seen_in == "request":
        client.get("/recommendations", params={"user_id": "ana", "session": "visit-7"})
    else:
        body = {"event_id": "login", "kind": seen_in, "user_id": "ana", "session": "visit-7", "page": "a22"}
        assert client.post("/events", json=body).json() == {"accepted": 1, "duplicates": 0}
    assert not {"a20", "a21"} & set(pages(client, "ana"))
    assert {"a20", "a21"} <= set(client.get("/users/ana", headers=admin).json()["live_reads"])
    client.delete("/users/ana", headers=admin)
    assert {"a20", "a21"} <= set(pages(client, "ana"))


def test_a_request_of_somebody_else_in_a_visit_with_a_user_changes_nothing(client: httpx.Client, store: Store) -> None:
    visit(client, "visit-7", "a20")
    for user in ("ana", "ana", "eva"):
        client.get("/recommendations", params={"user_id": user, "session": "visit-7"})
    assert "a20" in pages(client, "eva")
    entries = EventLog(store.settings.events_address).tail(0)
    assert [entry.user_id for entry in entries if entry.kind == Kind.LOGIN] == ["ana"]


def test_a_visit_that_is_erased_takes_what_it_did_under_a_user_along(
    client: httpx.Client, store: Store, admin: dict[str, str]
) -> None:
    visit(client, "visit-7", "a20")
    visit(client, "visit-7", "a21", "ana")
    visit(client, "visit-8", "a22", "ana")
    assert client.delete("/sessions/visit-7", headers=admin).json()["entries"] == 2
    assert [entry["article_id"] for entry in client.get("/users/ana", headers=admin).json()["entries"]] == ["a22"]


def test_lists_served_to_a_visit_go_with_the_user_who_logged_in_later(
    client: httpx.Client, store: Store, admin: dict[str, str]
) -> None:
    log = EventLog(store.settings.events_address)
    first = client.get("/recommendations", params={"session": "visit-7"}).json()
    client.get("/recommendations", params={"user_id": "ana", "session": "visit-7"})
    client.get("/recommendations", params={"session": "visit-8"})
    visit(client, "visit-7", "a20", "ana")
    until(lambda: log.served.head() == 3)
    known = client.get("/users/ana", headers=admin).json()
    assert known["counts"]["entries"] == {"click": 1, "served": 2}
    served = [entry for entry in known["entries"] if entry["kind"] == "served"]
    assert served[0]["body"]["items"] == [item["page"] for item in first["items"]]
    assert client.delete("/users/ana", headers=admin).json()["found"]["entries"] == {"click": 1, "served": 2}
    assert [one.session for one in log.served.between(None, None, limit=9)] == ["visit-8"]


def test_a_list_that_waits_to_be_written_goes_with_its_visit(
    client: httpx.Client, store: Store, admin: dict[str, str]
) -> None:
    for params in ({"user_id": "ana", "session": "visit-7"}, {"session": "visit-7"}, {"user_id": "ana"}):
        client.get("/recommendations", params=params)
    client.delete("/sessions/visit-7", headers=admin)
    log = EventLog(store.settings.events_address)
    until(lambda: log.served.head() >= 1)
    assert [(one.user, one.session) for one in log.served.between(None, None, limit=9)] == [("ana", "")]


def test_a_forgotten_reader_is_a_new_one_in_every_process(store: Store, admin: dict[str, str]) -> None:
    store.promote("v1")
    with serving(store.settings) as one, serving(store.settings) as other:
        until(lambda: release_of(one) == release_of(other) == "v1")
        click(one, "log0", "a20")
        until(lambda: "a20" not in pages(other, "log0"))
        assert one.delete("/users/log0", headers=admin).json()["entries"] >= 1
        for client in (one, other):
            until(lambda: {"a11", "a20"} <= set(pages(client, "log0")))  # noqa: B023
        answer = one.get("/recommendations", params={"user_id": "log0"}).json()
        assert answer["segment"] == "anonymous"
        known = one.get("/users/log0", headers=admin).json()  # an answer since
        assert (known["live_reads"], known["release"]) == ([], None)
    log = EventLog(store.settings.events_address)
    assert user_digest("log0") in log.erased_digests()
    assert not [entry for entry in log.tail(0) if entry.kind == Kind.CLICK]


def test_a_forgotten_reader_stays_forgotten_by_the_next_release_and_may_come_back(
    client: httpx.Client, store: Store, admin: dict[str, str]
) -> None:
    client.delete("/users/log0", headers=admin)
    store.promote("v2", "Nova")
    until(lambda: release_of(client) == "v2")
    assert "a11" in pages(client, "log0")
    click(client, "log0", "a40")
    assert "a40" not in pages(client, "log0")
    assert "a11" in pages(client, "log0")


def test_both_routes_need_the_token(client: httpx.Client) -> None:
    assert client.get("/users/log0").status_code == 401
    assert client.delete("/users/log0").status_code == 401
    assert "a11" not in pages(client, "log0")


def test_a_log_that_is_away_is_told(store: Store, admin: dict[str, str]) -> None:
    away = store.settings.model_copy(update={"events_uri": "postgresql+psycopg2://nobody@127.0.0.1:9/none"})
    with serving(away) as client:
        assert client.delete("/users/log0", headers=admin).status_code == 503
        assert client.get("/users/log0", headers=admin).status_code == 503


def test_an_export_counts_what_was_shown(client: httpx.Client, admin: dict[str, str]) -> None:
    shown = [{"event_id": f"i{n}", "kind": "impression", "user_id": "new", "page": "a20"} for n in range(3)]
    assert client.post("/events", json=shown).status_code == 200
    assert client.get("/users/new", headers=admin).json()["live_shown"] == {"a20": 3}


@pytest.mark.parametrize("user", ["a/b", "/", "com espaço", "né/漢"])
def test_a_reader_of_any_id_can_be_seen_and_forgotten(client: httpx.Client, admin: dict[str, str], user: str) -> None:
    click(client, user, "a20")
    place = f"/users/{quote(user, safe='')}"
    assert client.get(place, headers=admin).json()["live_reads"] == ["a20"]
    assert client.delete(place, headers=admin).json()["entries"] >= 1
    assert client.get(place, headers=admin).status_code == 404
    assert 'route="/users/{user_id}"' in client.get("/metrics").text


def test_an_id_that_no_log_can_hold_is_refused(client: httpx.Client, admin: dict[str, str]) -> None:
    for place in ("/users/a%00b", "/users/%20", "/sessions/a%00b"):
        assert client.get(place, headers=admin).status_code == 422
        assert client.delete(place, headers=admin).status_code == 422


def test_what_a_reader_reads_after_an_erasure_stays_read_when_the_next_release_was_trained_without(
    store: Store, admin: dict[str, str], tmp_path: Path
) -> None:
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        click(client, "log0", "a20")
        client.delete("/users/log0", headers=admin)
        click(client, "log0", "a40")
        folder = shutil.copytree(store.folders["Nova"], tmp_path / "next")
        save_state(LiveState(load_params(NewsParams, FILE).live), folder / "live")
        (folder / "live" / POSITION).write_text(json.dumps({"seq": EventLog(store.settings.events_address).head()}))
        store.releases.publish(folder, "v2")
        store.releases.promote("v2", "test")
        until(lambda: release_of(client) == "v2")
        assert "a40" not in pages(client, "log0")
        assert {"a11", "a20"} <= set(pages(client, "log0"))
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v2")
        assert "a40" not in pages(client, "log0")
        assert client.get("/users/log0", headers=admin).json()["live_reads"] == ["a40"]
        client.delete("/users/log0", headers=admin)
        assert "a40" in pages(client, "log0")
