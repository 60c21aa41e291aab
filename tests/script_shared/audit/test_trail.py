"""Decisions while the database is unreachable, and what an entry may hold."""

from pathlib import Path
from typing import Any

import pytest

from script_shared.audit.decision import MOST_EVIDENCE, MOST_TEXT, Decision, canonical
from script_shared.audit.trail import AuditTrail, record_once
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
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
