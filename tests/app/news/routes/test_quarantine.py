"""Clicks found bad leave the live state of every process, with a record, and come back when that is taken back."""

from typing import Any

import httpx
import pytest

from script_shared.events import EventLog
from tests.app.conftest import Store, serving, until
from tests.app.releases_made import NOW_MS

BAD = [f"bad{n}" for n in range(40)]


def click(client: httpx.Client, users: list[str], page: str) -> None:
    body = [{"event_id": f"{user} {page}", "user_id": user, "page": page} for user in users]
    assert client.post("/events", json=body).status_code == 200


def live(client: httpx.Client, admin: dict[str, str]) -> str:
    digest: str = client.get("/live", params={"digest": 1}, headers=admin).json()["digest"]
    return digest


def quarantine(client: httpx.Client, admin: dict[str, str], **said: Any) -> dict[str, Any]:
    answer = client.post("/quarantine", json={"reason": "made up", **said}, headers=admin)
    assert answer.status_code == 200, answer.text
    record: dict[str, Any] = answer.json()
    return record


def test_bad_clicks_leave_the_live_state_and_come_back(client: httpx.Client, admin: dict[str, str]) -> None:
    click(client, [f"good{n}" for n in range(10)], "a30")
    before = live(client, admin)
    click(client, BAD, "a20")
    with_bad = live(client, admin)
    record = quarantine(client, admin, users=BAD)
    assert (record["clicks"], record["impressions"], record["people"], record["in_release"]) == (40, 0, 40, 0)
    until(lambda: live(client, admin) == before)
    assert client.delete(f"/quarantine/{record['id']}", headers=admin).json()["undone"]
    until(lambda: live(client, admin) == with_bad)
    (kept,) = client.get("/quarantine", headers=admin).json()["quarantines"]
    assert kept["reason"] == "made up"
    assert kept["undone"] is not None
    assert client.delete(f"/quarantine/{record['id']}", headers=admin).status_code == 404


def test_they_can_be_named_by_session_network_article_and_time(
    client: httpx.Client, admin: dict[str, str], store: Store
) -> None:
    before = live(client, admin)
    client.post("/events", json=[{"event_id": "s", "session": "s1", "page": "a20", "time": NOW_MS - 1000}])
    client.post("/events", json=[{"event_id": "i", "session": "s1", "page": "a20", "kind": "impression"}])
    network = EventLog(store.settings.events_address).tail(0)[0].body["network"]
    assert quarantine(client, admin, networks=[f"{int(network, 16) ^ 1:08x}"])["clicks"] == 0
    assert quarantine(client, admin, networks=[network], until=NOW_MS - 2000)["clicks"] == 0
    assert quarantine(client, admin, sessions=["s2"])["clicks"] == 0
    assert quarantine(client, admin, since=NOW_MS - 900)["clicks"] == 0
    assert quarantine(client, admin, since=NOW_MS - 2000, pages=["a21"])["clicks"] == 0
    found = quarantine(client, admin, sessions=["s1"])
    assert (found["clicks"], found["impressions"]) == (1, 1)
    assert quarantine(client, admin, networks=[network])["clicks"] == 1
    until(lambda: live(client, admin) == before)


@pytest.mark.parametrize("said", [{}, {"reason": ""}, {"networks": ["not hex"]}, {"users": ["ana"], "since": "soon"}])
def test_a_quarantine_that_names_nothing_or_nonsense_is_refused(
    client: httpx.Client, admin: dict[str, str], said: dict[str, Any]
) -> None:
    assert client.post("/quarantine", json={"reason": "why", **said}, headers=admin).status_code == 422


def test_the_record_holds_no_id(client: httpx.Client, admin: dict[str, str], store: Store) -> None:
    quarantine(client, admin, users=["ana@example.org"], sessions=["visit-of-ana"])
    text = client.get("/quarantine", headers=admin).text
    assert "ana" not in text


def test_it_is_closed_without_a_token(client: httpx.Client) -> None:
    asked = [client.get("/quarantine"), client.post("/quarantine", json={}), client.delete("/quarantine/x")]
    assert [answer.status_code for answer in asked] == [401, 401, 401]


def test_a_process_without_a_release_leaves_them_out_too(store: Store, admin: dict[str, str]) -> None:
    with serving(store.settings) as client:
        until(lambda: client.get("/live", headers=admin).status_code == 200)
        before = live(client, admin)
        click(client, BAD, "a20")
        quarantine(client, admin, users=BAD)
        until(lambda: live(client, admin) == before)
