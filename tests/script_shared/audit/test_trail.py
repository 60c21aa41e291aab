"""Decisions while the database is unreachable, and what an entry may hold."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from script_shared.audit.trail import AuditTrail, note_head_once, record_once
from script_shared.decisions.decision import MOST_EVIDENCE, MOST_TEXT, Decision, canonical
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.events.database.schema import AUDIT
from script_shared.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", models_uri=str(tmp_path / "models"))


def whys(settings: Settings) -> list[str]:
    log = EventLog(settings.events_address)
    try:
        assert AuditTrail(settings, log).check().problems == ()
        return [entry.why for entry in log.audit.chain()]
    finally:
        log.close()


def test_decisions_wait_beside_the_releases_and_are_appended_in_order(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.data_dir).mkdir()
    with monkeypatch.context() as patch:

        def fail(*_: Any) -> Any:
            raise UnavailableError("the event log is unreachable.")

        patch.setattr("script_shared.events.database.audit.AuditTable.append", fail)
        for number, why in enumerate(("first", "second")):
            assert not record_once(settings, Decision("command:root", "promote", why=why, at_ms=number))
    assert len(list((Path(settings.models_uri) / "audit-spool").iterdir())) == 2
    assert record_once(settings, Decision("command:root", "rollback", why="third"))
    assert whys(settings) == ["first", "second", "third"]
    assert not list((Path(settings.models_uri) / "audit-spool").glob("*.json"))


def test_where_the_release_store_cannot_be_written_decisions_wait_in_the_data_folder(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.data_dir.mkdir()
    Path(settings.models_uri).write_text("a file, so no folder of releases")

    def fail(*_: Any) -> Any:
        raise UnavailableError("the event log is unreachable.")

    with monkeypatch.context() as patch:
        patch.setattr("script_shared.events.database.audit.AuditTable.append", fail)
        assert not record_once(settings, Decision("service", "reload", why="waits"))
    assert len(list((settings.data_dir / "audit-spool").glob("*.json"))) == 1


def test_texts_and_evidence_are_bounded_and_storable() -> None:
    plain = Decision(
        "x\0y", "drift", why="w" * 9_999, evidence={"a": "\0", "b": float("inf"), "c": "x" * 99_999}
    ).plain()
    assert plain["who"] == "x y"
    assert len(plain["why"]) == MOST_TEXT
    assert len(plain["evidence"]) < MOST_EVIDENCE
    assert canonical({"b": {2, 1}, "a": Path("/x"), "n": float("nan")}) == '{"a":"/x","b":[1,2],"n":null}'


def test_a_waiting_file_that_cannot_be_deleted_or_read_stops_no_other_decision(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a service that may only read the release store."""
    settings.data_dir.mkdir()

    def fail(*_: Any) -> Any:
        raise UnavailableError("the folder cannot be written.")

    with monkeypatch.context() as patch:
        patch.setattr("script_shared.events.database.audit.AuditTable.append", fail)
        assert not record_once(settings, Decision("dag:news_training", "promote", why="waits", at_ms=1))
    for method in ("remove", "read"):
        with monkeypatch.context() as patch:
            patch.setattr(f"script_shared.storage.local.LocalStorage.{method}", fail)
            assert record_once(settings, Decision("token:ana", "editorial", why=f"no {method}"))
    assert not list((settings.data_dir / "audit-spool").glob("*.json"))
    assert whys(settings) == ["waits", "no remove", "no read"]


def fail(*_: Any) -> Any:
    raise UnavailableError("the release store cannot be written.")


def by_the_api(settings: Settings, monkeypatch: pytest.MonkeyPatch, *whys: str) -> None:
    """Entries of a process that cannot write to the release store."""
    with monkeypatch.context() as patch:
        patch.setattr("script_shared.storage.local.LocalStorage.swap", fail)
        for why in whys:
            assert record_once(settings, Decision("token:ana", "editorial", why=why))


def cut(settings: Settings, number: int) -> None:
    """Remove the entries from a number on."""
    log = EventLog(settings.events_address)
    with log.audit._transaction() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.number >= number))
    log.close()


def problems(settings: Settings) -> tuple[str, ...]:
    log = EventLog(settings.events_address)
    try:
        return AuditTrail(settings, log).check().problems
    finally:
        log.close()


def test_a_removed_end_that_the_api_wrote_is_found_once_another_process_has_noted_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.data_dir.mkdir()
    by_the_api(settings, monkeypatch, "first", "second", "third")
    assert note_head_once(settings)
    assert problems(settings) == ()
    cut(settings, 3)
    assert problems(settings) == ("entry 3, which was once the newest, is missing or was replaced.",)


def test_a_removed_end_is_found_although_more_entries_were_added_afterwards(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.data_dir.mkdir()
    by_the_api(settings, monkeypatch, "first", "second", "third")
    assert note_head_once(settings)
    cut(settings, 2)
    for number in range(4):
        record_once(settings, Decision("dag:news_training", "promote", why=f"{number}"))
    assert not note_head_once(settings)
    assert "entry 3 of the record of decisions is missing or was replaced" in caplog.text
    assert problems(settings) == ("entry 3, which was once the newest, is missing or was replaced.",)


def test_an_empty_record_whose_end_was_noted_is_found(settings: Settings) -> None:
    settings.data_dir.mkdir()
    assert note_head_once(settings)
    record_once(settings, Decision("command:root", "promote"))
    assert problems(settings) == ()
    cut(settings, 1)
    assert not note_head_once(settings)
    assert problems(settings) == ("entry 1, which was once the newest, is missing or was replaced.",)
