"""The access record in SQLite and in PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from script_shared.addresses import sqlite_address
from script_shared.errors import SettingsError, UnavailableError
from script_shared.settings import Settings
from script_shared.storage.tables import tables_address
from script_shared.students.database.access_record import AccessRecord, Look, digest_of, looks_at
from tests.servers import postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: Any, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_address(tmp_path / "below" / "students.db")
        return
    with postgresql(tmp_path) as uri:
        yield uri


def look(at_ms: int, viewer: str = "ana", ra: str = "RA-1") -> Look:
    return Look(at_ms, viewer, "viewer", "GET /students/{ra}/risk", digest_of(ra))


def test_looks_are_kept_in_order_and_removed_when_they_are_old(address: str) -> None:
    record, other = AccessRecord(address), AccessRecord(address)
    record.add([look(10), look(20, "rui", "RA-2")])
    other.add([look(30)])
    assert [found.at_ms for found in record.read()] == [30, 20, 10]
    assert [found.number for found in record.read(viewer="ana")] == [3, 1]
    assert [found.at_ms for found in record.read(student=digest_of(" ra-2 "))] == [20]
    assert [found.at_ms for found in record.read(since_ms=20, until_ms=30)] == [20]
    assert [found.at_ms for found in record.read(before=3, limit=1)] == [20]
    assert record.remove_before(20) == 1
    assert [found.at_ms for found in other.read()] == [30, 20]
    other.add([look(40)])
    assert other.read(limit=1)[0].number == 4
    record.close()
    other.close()


def test_a_list_is_written_whole_or_not_at_all(address: str) -> None:
    record = AccessRecord(address)
    broken = Look(20, None, "viewer", "GET /students", digest_of("RA-2"))  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        record.add([look(10), broken])
    assert record.read() == []
    record.close()


def test_a_look_names_nobody() -> None:
    found = looks_at(["RA-1", "ra-1"], "ana", "viewer", "GET /students")
    assert found[0].student == found[1].student
    assert len(found[0].student) == 32


def test_a_file_that_is_removed_is_made_again_and_the_looks_are_not_lost_in_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "students.db"
    record = AccessRecord(sqlite_address(file))
    record.add([look(10)])
    for part in tmp_path.glob("students.db*"):
        part.unlink()
    record.add([look(20)])
    assert [found.at_ms for found in AccessRecord(sqlite_address(file)).read()] == [20]


def test_a_database_that_is_unreachable_is_an_error_without_its_address(tmp_path: Path) -> None:
    record = AccessRecord("postgresql+psycopg2://nobody:secret@127.0.0.1:1/students")
    with pytest.raises(UnavailableError) as caught:
        record.add([look(10)])
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingsError, match="PAUTA_STUDENTS_DATABASE_URI"):
        AccessRecord("no address")


def test_the_tables_are_beside_the_event_log_unless_a_database_is_set(tmp_path: Path) -> None:
    assert tables_address(Settings(data_dir=tmp_path), "students") == sqlite_address(tmp_path / "students.db")
    log = "postgresql+psycopg2://somewhere/pauta"
    assert tables_address(Settings(events_uri=log), "students") == log


def test_a_database_is_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_STUDENTS_DATABASE_URI", "sqlite:////srv/own.db")
    settings = Settings()
    assert tables_address(settings, "students") == "sqlite:////srv/own.db"
    assert "own.db" not in repr(settings)


def test_one_look_is_written_at_once_where_that_waits_for_nobody(tmp_path: Path) -> None:
    file = tmp_path / "students.db"
    record = AccessRecord(sqlite_address(file))
    assert not record.add_now(look(10))  # the table is not made yet
    record.add([look(20)])
    assert record.add_now(look(30))
    record.checkpoint()
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not record.add_now(look(40))
        other.execute("ROLLBACK")
    other.close()
    assert [found.at_ms for found in AccessRecord(sqlite_address(file)).read()] == [30, 20]
    file.unlink()
    assert not record.add_now(look(50))
    record.close()


def test_postgresql_is_written_in_a_thread(address: str) -> None:
    record = AccessRecord(address)
    record.add([look(10)])
    assert record.add_now(look(20)) == address.startswith("sqlite")
    record.close()
