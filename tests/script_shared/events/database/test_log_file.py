"""The file of an embedded log is removed, moved, cut or replaced in use: nothing is acknowledged and lost."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind

PARTS = ("", "-wal", "-shm")


def click(number: int, user: str = "u") -> Entry:
    return Entry(f"e{number}", Kind.CLICK, 1_000, user, "a")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def log(file: Path) -> Iterator[EventLog]:
    log = EventLog(f"sqlite:///{file}")
    log.append([click(number) for number in range(5)])
    log.tail(0)
    yield log
    log.close()


def held(file: Path) -> list[str]:
    """What anybody finds in the log at the path."""
    log = EventLog(f"sqlite:///{file}")
    found = [entry.entry_id for entry in log.tail(0)]
    log.close()
    return found


def move(file: Path, target: Path) -> None:
    """Move the log with all of its parts."""
    for part in PARTS:
        if Path(f"{file}{part}").exists():
            os.replace(f"{file}{part}", f"{target}{part}")


def backup(file: Path, target: Path) -> Path:
    """A copy in one piece, as SQLite makes it."""
    with sqlite3.connect(file) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    return target


def remove(file: Path) -> None:
    for part in PARTS:
        Path(f"{file}{part}").unlink(missing_ok=True)


@pytest.mark.parametrize("part", PARTS)
def test_a_write_to_a_log_with_a_part_removed_is_not_acknowledged(log: EventLog, file: Path, part: str) -> None:
    Path(f"{file}{part}").unlink()
    with pytest.raises(UnavailableError, match="event log is unreachable"):
        log.append([click(9)])


def test_a_write_whose_file_goes_before_its_end_is_not_acknowledged(log: EventLog, file: Path) -> None:
    event.listen(log._store.engine, "commit", lambda _: file.unlink())
    with pytest.raises(UnavailableError, match="event log is unreachable"):
        log.append([click(9)])


USES: dict[str, Callable[[EventLog], object]] = {
    "erase": lambda log: log.erase("u"),
    "prune": lambda log: log.prune(2_000, 5),
    "day_keys": lambda log: log.day_keys.of(20_000),
    "tail": lambda log: log.tail(0),
    "export": lambda log: log.export("u"),
    "continue_after": lambda log: log.continue_after(100),
    "probe": lambda log: log.probe(),
}


@pytest.mark.parametrize("use", USES)
def test_no_use_of_a_removed_log_succeeds(log: EventLog, file: Path, use: str) -> None:
    remove(file)
    for _ in range(3):
        with pytest.raises(UnavailableError, match="event log is unreachable"):
            USES[use](log)
    assert not file.exists()


def test_a_log_that_is_put_back_goes_on_with_all_its_entries(log: EventLog, file: Path, tmp_path: Path) -> None:
    move(file, tmp_path / "away.db")
    for _ in range(3):
        with pytest.raises(UnavailableError):
            log.append([click(9)])
    move(tmp_path / "away.db", file)
    assert log.append([click(9)]) == [True]
    assert held(file) == ["e0", "e1", "e2", "e3", "e4", "e9"]
    assert log.renewals == 0


def test_a_process_that_starts_without_a_log_makes_one(
    log: EventLog, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    remove(file)
    assert held(file) == []
    assert "a new, empty event log is created" in caplog.text
    with pytest.raises(UnavailableError):
        log.append([click(9)])
    assert log.append([click(9)]) == [True]
    assert held(file) == ["e9"]


def test_an_older_copy_is_a_new_log_and_gives_no_number_twice(log: EventLog, file: Path, tmp_path: Path) -> None:
    copy = backup(file, tmp_path / "copy.db")
    log.append([click(7), click(8)])
    assert log.tail(0)[-1].seq == 7
    remove(file)
    os.replace(copy, file)
    with pytest.raises(UnavailableError, match="replaced"):
        log.append([click(9)])
    assert log.append([click(9)]) == [True]
    assert [(entry.entry_id, entry.seq) for entry in log.tail(4)] == [("e4", 5), ("e9", 8)]
    assert log.renewals == 1


def test_a_copy_that_lacks_nothing_is_the_same_log(log: EventLog, file: Path, tmp_path: Path) -> None:
    copy = backup(file, tmp_path / "copy.db")
    remove(file)
    os.replace(copy, file)
    with pytest.raises(UnavailableError):
        log.head()
    assert log.append([click(9)]) == [True]
    assert (log.renewals, log.head()) == (0, 6)


def test_a_longer_log_of_another_site_is_a_new_log(log: EventLog, file: Path, tmp_path: Path) -> None:
    other = EventLog(f"sqlite:///{tmp_path}/other.db")
    other.append([click(number) for number in range(100, 120)])
    other.close()
    remove(file)
    move(tmp_path / "other.db", file)
    with pytest.raises(UnavailableError):
        log.head()
    assert (log.head(), log.renewals) == (20, 1)


def test_a_new_file_is_not_mixed_with_the_rest_of_the_old_one(log: EventLog, file: Path, tmp_path: Path) -> None:
    copy = backup(file, tmp_path / "copy.db")
    log.append([click(8)])
    os.replace(copy, file)  # and events.db-wal stays
    for _ in range(3):
        with pytest.raises(UnavailableError, match="unreachable"):
            log.append([click(9)])
    for part in PARTS[1:]:
        Path(f"{file}{part}").unlink()
    assert log.append([click(9)]) == [True]
    assert held(file) == ["e0", "e1", "e2", "e3", "e4", "e9"]


def test_a_file_that_is_no_log_is_not_made_one(log: EventLog, file: Path) -> None:
    remove(file)
    file.touch()
    with pytest.raises(UnavailableError):
        log.head()
    with pytest.raises(UnavailableError, match="its table is missing"):
        log.append([click(9)])
    assert file.stat().st_size <= 4096


def test_a_file_that_was_cut_is_not_written_to(log: EventLog, file: Path) -> None:
    log.append([click(number) for number in range(100, 3_000)])
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    log.close()
    log.head()
    os.truncate(file, file.stat().st_size // 2)
    for _ in range(3):
        with pytest.raises(UnavailableError, match="unreachable"):
            log.append([click(9)])


def test_a_command_that_holds_a_log_open_notices_too(log: EventLog, file: Path, tmp_path: Path) -> None:
    command = EventLog(f"sqlite:///{file}")
    assert command.head() == 5
    shutil.copyfile(backup(file, tmp_path / "copy.db"), tmp_path / "second.db")
    remove(file)
    os.replace(tmp_path / "second.db", file)
    with pytest.raises(UnavailableError):
        command.erase("u")
    assert command.erase("u").entries == 5
    command.close()


@pytest.mark.parametrize("lost", ["DROP TABLE pauta_entries", "DROP TABLE pauta_entries, pauta_day_keys"])
def test_a_table_that_was_dropped_refuses_and_is_not_made_again(postgresql_uri: str, lost: str) -> None:
    log, engine = EventLog(postgresql_uri), create_engine(postgresql_uri)
    log.append([click(1)])
    with engine.begin() as connection:
        connection.execute(text(lost))
    for _ in range(2):
        with pytest.raises(UnavailableError, match="event log is unreachable"):
            log.append([click(2)])
    log.close()
    again = EventLog(postgresql_uri)
    assert again.append([click(2)]) == [True]
    again.close()
    engine.dispose()


def test_a_database_restored_to_an_older_state_is_a_new_log(postgresql_uri: str) -> None:
    with create_engine(postgresql_uri).begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS pauta_entries"))
    log, engine = EventLog(postgresql_uri), create_engine(postgresql_uri)
    log.append([click(number) for number in range(5)])
    log.tail(0)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM pauta_entries WHERE seq > 2"))
        connection.execute(text("SELECT setval(pg_get_serial_sequence('pauta_entries', 'seq'), 2)"))
    log.close()  # as the server does when it is stopped for it
    log.head()
    log.append([click(9)])
    assert log.tail(2)[0].seq == 6
    assert log.renewals == 1
    log.close()
    engine.dispose()


def test_numbers_go_on_after_what_a_snapshot_knows(uri: str) -> None:
    log = EventLog(uri)
    log.continue_after(1_000)
    log.append([click(1)])
    log.continue_after(10)
    log.append([click(2)])
    assert [entry.seq for entry in log.tail(0)] == [1_001, 1_002]
    log.close()
