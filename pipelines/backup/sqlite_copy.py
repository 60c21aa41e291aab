"""Copies of SQLite files, made while other processes write, and the facts of their tables."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

from pipelines.backup.saved import TableFacts
from script_shared.errors import InputError, UnavailableError
from script_shared.storage.database_timeouts import SQLITE_SECONDS

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def copy_sqlite(source: Path, target: Path) -> dict[str, TableFacts]:
    """Copy a database as it is at one moment, with what its write-ahead log holds.

    Args:
        source: the file in use.
        target: the copy; replaced if it exists.

    Returns:
        facts of each table of the source at that moment, by name.

    Raises:
        UnavailableError: the file cannot be read, or the copy cannot be written.
    """
    target.unlink(missing_ok=True)
    try:
        with closing(_open_reading(source)) as database, closing(sqlite3.connect(target)) as copy:
            database.execute("BEGIN")  # the copy and the facts are from this moment, even if others write meanwhile
            facts = _table_facts(database)
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a write-ahead log beside it
            return facts
    except (sqlite3.Error, OSError) as error:
        raise UnavailableError(
            f"{source} could not be copied ({error}).", fix="Check the file, and the disk of PAUTA_BACKUP_DIR."
        ) from error


@contextmanager
def restore_sqlite(saved: Path, scratch: Path) -> Iterator[Path]:
    """Copy the saved file into a scratch folder, and check the pages of the copy.

    Args:
        saved: the file in the backup; it is not changed.
        scratch: folder for the copy.

    Raises:
        InputError: the file is damaged.
    """
    target = scratch / saved.name
    shutil.copyfile(saved, target)
    with closing(sqlite3.connect(target)) as database:
        try:
            said = str(database.execute("PRAGMA integrity_check").fetchone()[0])
        except sqlite3.Error as error:
            said = str(error)
    if said != "ok":
        raise InputError(f"{saved} is damaged: {said}.", fix="Use another backup.")
    yield target


def sqlite_facts(file: Path) -> dict[str, TableFacts]:
    """Rows and checksum of each table, by name.

    Args:
        file: a database.
    """
    with closing(_open_reading(file)) as database:
        return _table_facts(database)


def _open_reading(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=SQLITE_SECONDS)
    database.isolation_level = None
    return database


def _table_facts(database: sqlite3.Connection) -> dict[str, TableFacts]:
    return {name: _facts(database, name) for (name,) in database.execute(_TABLES).fetchall()}


def _facts(database: sqlite3.Connection, name: str) -> TableFacts:
    quoted = name.replace('"', '""')
    rows = total = 0
    for row in database.execute(f'SELECT * FROM "{quoted}"'):
        rows += 1
        total += int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest())
    return TableFacts(rows=rows, checksum=f"{total % 2**64:016x}")
