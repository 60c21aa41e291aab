"""The event log is lost or full under a running service: it says so, and nothing is acknowledged and lost."""

import os
import resource
import sqlite3
from pathlib import Path

import httpx
import pytest

from script_shared.events import EventLog
from tests.app.conftest import Store, listens, release_of, serving, started, until
from tests.patience import PATIENCE_SECONDS

PARTS = ("", "-wal", "-shm")
DOWN, UP = "pauta_event_log_up 0.0", "pauta_event_log_up 1.0"


def event(number: int, user: str = "u", page: str = "a20") -> dict[str, str]:
    return {"event_id": f"e{number}", "user_id": user, "page": page}


def status(client: httpx.Client, number: int, user: str = "u", page: str = "a20") -> int:
    return client.post("/events", json=event(number, user, page)).status_code


def pages(client: httpx.Client, user: str) -> list[str]:
    answer = client.get("/recommendations", params={"user_id": user, "num_recs": 100}).json()
    return [item["page"] for item in answer["items"]]


def metrics(client: httpx.Client) -> str:
    return client.get("/metrics").text


def held(store: Store) -> set[str]:
    log = EventLog(store.settings.events_address)
    found = {entry.entry_id for entry in log.tail(0)}
    log.close()
    return found


def remove(file: Path) -> None:
    for part in PARTS:
        Path(f"{file}{part}").unlink(missing_ok=True)


def test_events_are_refused_while_the_file_is_gone_and_taken_once_it_is_back(
    client: httpx.Client, store: Store, tmp_path: Path, admin: dict[str, str]
) -> None:
    file = store.settings.data_dir / "events.db"
    assert status(client, 1) == 200
    for part in PARTS:
        os.replace(f"{file}{part}", tmp_path / f"away{part}")
    refused = client.post("/events", json=event(2))
    assert refused.status_code == 503
    assert "the event log is unreachable" in refused.json()["detail"]
    assert str(tmp_path) not in refused.text
    until(lambda: DOWN in metrics(client))
    assert client.delete("/users/u", headers=admin).status_code == 503  # nobody was erased
    assert status(client, 2) == 503
    assert not file.exists()
    for part in PARTS:
        os.replace(tmp_path / f"away{part}", f"{file}{part}")
    until(lambda: status(client, 2) == 200)
    assert {"e1", "e2"} <= held(store)
    until(lambda: UP in metrics(client))


def test_an_older_copy_of_the_log_is_folded_anew_and_followed(
    client: httpx.Client, store: Store, tmp_path: Path
) -> None:
    file, copy = store.settings.data_dir / "events.db", tmp_path / "copy.db"
    assert status(client, 1, "ana", "a48") == 200
    with sqlite3.connect(file) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    assert status(client, 2, "ana", "a47") == 200
    assert not {"a47", "a48"} & set(pages(client, "ana"))
    remove(file)
    os.replace(copy, file)
    until(lambda: status(client, 3, "rui", "a46") == 200)
    assert "a46" not in pages(client, "rui")
    until(lambda: "a47" in pages(client, "ana"))  # the log does not say any more that it was read
    assert "a48" not in pages(client, "ana")
    assert {"e1", "e3"} <= held(store)


def test_a_service_that_starts_again_without_its_log_takes_events(store: Store) -> None:
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        assert status(client, 1, "ana", "a48") == 200
    remove(store.settings.data_dir / "events.db")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        assert status(client, 2, "ana", "a47") == 200
        assert "a47" not in pages(client, "ana")
    assert "e2" in held(store)


@pytest.mark.slow
def test_a_full_disk_is_shown_until_the_log_can_be_written_again(store: Store) -> None:
    store.promote("v1")
    with started(store.settings) as (address, process):
        until(lambda: listens(address))
        with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
            until(lambda: status(client, 1) == 200)
            assert UP in metrics(client)
            _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))  # no file of the process may grow
            assert status(client, 2) == 503
            assert DOWN in metrics(client)
            assert client.get("/recommendations", params={"user_id": "u"}).status_code == 200
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
            until(lambda: UP in metrics(client))  # a trial write, no event came
            assert status(client, 2) == 200
    assert {"e1", "e2"} <= held(store)
