"""The event log is streamed to admins, one JSON object a line."""

import json
from typing import Any

import httpx
import pytest

from tests.app.conftest import Store, serving, until
from tests.app.http.test_errors import is_problem
from tests.app.releases_made import NOW_MS


def lines(client: httpx.Client, admin: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    response = client.get("/events/export", params=query, headers=admin)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def test_every_event_is_a_line_in_the_logs_order(client: httpx.Client, admin: dict[str, str]) -> None:
    events = [{"event_id": f"e{n}", "user_id": "u", "page": "a20", "session": "s", "position": n} for n in range(9)]
    events[4] |= {"kind": "impression"}
    client.post("/events", json=events)
    client.post("/articles", json={"page": "a20", "title": "T"}, headers=admin)
    found = lines(client, admin)
    assert [line["event_id"] for line in found] == [f"e{n}" for n in range(9)]
    assert found[4]["kind"] == "impression"
    assert (found[8]["session"], found[8]["position"], found[8]["time"]) == ("s", 8, "2022-08-15T03:00:00.000Z")
    assert lines(client, admin, kinds="article")[0]["title"] == "T"
    assert lines(client, admin, after=found[6]["seq"]) == found[7:]
    assert lines(client, admin, since=NOW_MS + 1) == lines(client, admin, until=NOW_MS) == []


def test_served_lists_come_last_and_an_export_goes_on_behind_one(client: httpx.Client, admin: dict[str, str]) -> None:
    answers = [client.get("/recommendations", params={"user_id": f"r{n}", "num_recs": 3}).json() for n in range(3)]
    client.post("/events", json={"event_id": "e1", "user_id": "r0", "page": "a20"})
    until(lambda: len(lines(client, admin, kinds=["served"])) == 3)
    found = lines(client, admin, kinds=["click", "served"])
    assert [(line["kind"], line["user_id"]) for line in found] == [
        ("click", "r0"),
        *(("served", f"r{n}") for n in range(3)),
    ]
    assert [line["items"] for line in found[1:]] == [[item["page"] for item in one["items"]] for one in answers]
    assert found[1]["seq"] is None
    assert lines(client, admin, kinds="served", after=found[0]["seq"], after_list=found[1]["list"]) == found[2:]


def test_a_large_log_comes_in_pages_without_loss(
    client: httpx.Client, admin: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("script_shared.events.extract.PAGE", 7)
    client.post("/events", json=[{"event_id": f"e{n}", "page": "a20", "session": f"s{n}"} for n in range(50)])
    assert [line["event_id"] for line in lines(client, admin)] == [f"e{n}" for n in range(50)]


@pytest.mark.parametrize("query", ["kinds=erase", "since=yesterday", "after=-1", "user_id=u"])
def test_what_cannot_be_exported_is_refused(common: httpx.Client, admin: dict[str, str], query: str) -> None:
    assert common.get(f"/events/export?{query}", headers=admin).status_code == 422


def test_a_log_that_is_away_is_a_503(store: Store, admin: dict[str, str]) -> None:
    away = store.settings.model_copy(update={"events_uri": "postgresql+psycopg2://nobody@127.0.0.1:9/none"})
    with serving(away) as client:
        response = client.get("/events/export", headers=admin)
    assert response.status_code == 503
    assert is_problem(response)
