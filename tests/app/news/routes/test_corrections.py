"""One event is taken out or corrected: every process arrives at the state of a log that never had it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from app.news.routes import corrections
from script_shared.events import Entry, EventLog, Kind, Quarantine
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.conftest import Store, release_of, serving, until
from tests.app.releases_made import NOW_MS
from tests.patience import PATIENCE_SECONDS

EVENTS: list[dict[str, Any]] = [
    {"event_id": "e/1", "user_id": "ana", "page": "a30", "region": "sp", "session": "s1", "time": NOW_MS - 5000},
    {"event_id": "e/2", "user_id": "rui", "page": "a31", "region": "rj", "session": "s2", "time": NOW_MS - 4000},
    {"event_id": "e/3", "user_id": "ana", "page": "a32", "region": "sp", "session": "s1", "time": NOW_MS - 3000},
    {"event_id": "e/4", "user_id": "ana", "page": "a33", "kind": "impression", "time": NOW_MS - 2000},
]
WRONG = EVENTS[2]


def digest(client: httpx.Client, admin: dict[str, str]) -> str:
    found: str = client.get("/live", params={"digest": 1}, headers=admin).json()["digest"]
    return found


def send(client: httpx.Client, *events: dict[str, Any]) -> None:
    for event in events:
        assert client.post("/events", json=event).status_code == 200


def folded(store: Store, without: str = "") -> str:
    """The digest of a clean fold of the log without an event, as if it had never been sent."""
    entries = [entry for entry in log_of(store) if entry.kind in (Kind.CLICK, Kind.IMPRESSION)]
    room = Newsroom(LiveState(load_params(NewsParams, FILE).live))
    room.run_on(NOW_MS, 30 * 86_400_000)
    room.apply([entry for entry in entries if entry.entry_id != without])
    return room.digest()


def log_of(store: Store) -> list[Entry]:
    return EventLog(store.settings.events_address).tail(0)


@pytest.mark.parametrize("event_id", [event["event_id"] for event in EVENTS])
def test_an_event_taken_out_leaves_a_state_that_never_had_it(
    client: httpx.Client, admin: dict[str, str], store: Store, event_id: str
) -> None:
    send(client, *EVENTS)
    assert digest(client, admin) == folded(store)
    answer = client.delete(f"/events/{event_id}", headers=admin)
    assert answer.status_code == 200, answer.text
    facts = {"event_id": event_id, "replaced_by": None, "in_release": False}
    assert answer.json() == facts | {"quarantine_id": answer.json()["quarantine_id"]}
    expected = folded(store, event_id)
    until(lambda: digest(client, admin) == expected)


@pytest.mark.parametrize(
    "right",
    [
        {"page": "a40"},
        {"user_id": "eva", "region": "ba"},
        {"session": ""},
        {"time": NOW_MS - 9000},
        {"kind": "impression"},
    ],
)
def test_a_corrected_event_counts_in_its_place(
    client: httpx.Client, admin: dict[str, str], store: Store, right: dict[str, Any]
) -> None:
    send(client, *EVENTS)
    answer = client.put(f"/events/{WRONG['event_id']}", json=right, headers=admin)
    assert answer.status_code == 200, answer.text
    expected = folded(store, WRONG["event_id"])
    until(lambda: digest(client, admin) == expected)
    new = next(entry for entry in log_of(store) if entry.entry_id == answer.json()["replaced_by"])
    is_right = {**WRONG, **right}
    assert (new.user_id, new.article_id, new.time_ms) == (is_right["user_id"], is_right["page"], is_right["time"])
    assert new.body.get("session", "") == is_right["session"]
    assert new.body["region"] == is_right["region"]


@pytest.mark.parametrize("other", ["PUT", "DELETE"])
def test_one_of_two_simultaneous_changes_counts(
    client: httpx.Client, admin: dict[str, str], store: Store, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    send(client, *EVENTS)
    both, find = threading.Barrier(2), corrections._find

    async def find_both(*arguments: Any) -> Entry:
        found = await find(*arguments)
        await asyncio.to_thread(both.wait, PATIENCE_SECONDS)
        return found

    monkeypatch.setattr(corrections, "_find", find_both)
    with ThreadPoolExecutor(2) as pool:
        put = pool.submit(client.put, "/events/e/3", json={"page": "a40"}, headers=admin)
        body = {"json": {"page": "a41"}} if other == "PUT" else {}
        second = pool.submit(client.request, other, "/events/e/3", headers=admin, **body)
        answers = [put.result(), second.result()]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    first = next(answer.json() for answer in answers if answer.status_code == 200)
    right = [entry.entry_id for entry in log_of(store) if entry.entry_id.startswith("correction-")]
    assert right == ([first["replaced_by"]] if first["replaced_by"] else [])
    assert [entry.entry_id for entry in log_of(store) if entry.kind == Kind.QUARANTINE] == [first["quarantine_id"]]


@pytest.mark.parametrize("deletion", ["/events/e/3", "/users/ana"])
def test_after_a_deletion_there_is_nothing_to_correct(
    client: httpx.Client, admin: dict[str, str], store: Store, deletion: str
) -> None:
    send(client, *EVENTS)
    assert client.delete(deletion, headers=admin).status_code == 200
    assert client.put("/events/e/3", json={"page": "a40"}, headers=admin).status_code == 404
    assert client.delete("/events/e/3", headers=admin).status_code == 404
    assert not [entry for entry in log_of(store) if entry.entry_id.startswith("correction-")]


@pytest.mark.parametrize("deletion", ["/events/e/3", "/users/ana"])
def test_a_correction_writes_nothing_after_a_concurrent_deletion(
    client: httpx.Client, admin: dict[str, str], store: Store, monkeypatch: pytest.MonkeyPatch, deletion: str
) -> None:
    """The deletion finishes after the correction read the event and before it writes."""
    send(client, *EVENTS)
    write = corrections._write

    async def overtaken(*arguments: Any) -> None:
        monkeypatch.setattr(corrections, "_write", write)
        deleted = await asyncio.to_thread(client.delete, deletion, headers=admin)
        assert deleted.status_code == 200, deleted.text
        await write(*arguments)

    monkeypatch.setattr(corrections, "_write", overtaken)
    assert client.put("/events/e/3", json={"page": "a40"}, headers=admin).status_code == 409
    assert not [entry for entry in log_of(store) if entry.entry_id.startswith("correction-")]


def test_an_event_whose_correction_was_taken_back_can_be_corrected_again(
    client: httpx.Client, admin: dict[str, str]
) -> None:
    send(client, *EVENTS)
    first = client.put("/events/e/3", json={"page": "a40"}, headers=admin).json()
    assert client.delete(f"/quarantine/{first['quarantine_id']}", headers=admin).status_code == 200
    second = client.put("/events/e/3", json={"page": "a41"}, headers=admin)
    assert second.status_code == 200
    assert second.json()["replaced_by"] != first["replaced_by"]


def test_other_processes_and_restarts_arrive_at_the_same_state(
    client: httpx.Client, admin: dict[str, str], store: Store
) -> None:
    send(client, *EVENTS)
    with serving(store.settings) as other:
        until(lambda: release_of(other) == "v1")
        client.put(f"/events/{WRONG['event_id']}", json={"page": "a40"}, headers=admin)
        until(lambda: digest(other, admin) == digest(client, admin))
    with serving(store.settings) as restarted:
        until(lambda: release_of(restarted) == "v1")
        until(lambda: digest(restarted, admin) == digest(client, admin))


def test_a_training_leaves_the_event_out_and_takes_the_right_one(
    client: httpx.Client, admin: dict[str, str], store: Store
) -> None:
    send(client, *EVENTS)
    replaced_by = client.put("/events/e/3", json={"page": "a40"}, headers=admin).json()["replaced_by"]
    client.delete("/events/e/1", headers=admin)
    held = Quarantine.of(EventLog(store.settings.events_address).history.quarantines())
    kept = {entry.entry_id: entry.article_id for entry in log_of(store) if entry.user_id and not held.holds(entry)}
    assert kept == {"e/2": "a31", "e/4": "a33", replaced_by: "a40"}


def test_an_event_taken_out_comes_back_when_that_is_taken_back(client: httpx.Client, admin: dict[str, str]) -> None:
    send(client, *EVENTS)
    before = digest(client, admin)
    answer = client.delete("/events/e/3", headers=admin).json()
    until(lambda: digest(client, admin) != before)
    assert client.delete(f"/quarantine/{answer['quarantine_id']}", headers=admin).status_code == 200
    until(lambda: digest(client, admin) == before)
    assert client.delete("/events/e/3", headers=admin).status_code == 200


def test_an_event_taken_out_does_not_count_when_it_is_sent_again(client: httpx.Client, admin: dict[str, str]) -> None:
    send(client, *EVENTS)
    client.delete("/events/e/3", headers=admin)
    assert client.post("/events", json=WRONG).json() == {"accepted": 0, "duplicates": 1}


def test_what_does_not_count_cannot_be_corrected(client: httpx.Client, admin: dict[str, str]) -> None:
    client.post("/articles", json={"page": "a20", "hidden": True}, headers=admin)
    send(client, *EVENTS)
    assert client.delete("/events/e/1", headers=admin).status_code == 200
    for event_id in ("e/1", "nobody/knows/it"):
        assert client.delete(f"/events/{event_id}", headers=admin).status_code == 404
        assert client.put(f"/events/{event_id}", json={"page": "a40"}, headers=admin).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"page": None}, {"page": ""}, {"event_id": "x"}, {"time": "yesterday"}, {"time": NOW_MS + 10**9}, []]
)
def test_a_correction_that_says_nothing_right_is_refused(
    common: httpx.Client, admin: dict[str, str], body: Any
) -> None:
    send(common, {"event_id": "e", "user_id": "u", "page": "a20"})
    assert common.put("/events/e", json=body, headers=admin).status_code == 422
