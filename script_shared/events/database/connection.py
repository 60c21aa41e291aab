"""Connections to the event log: makes it once, and notices when what is reached is no longer the log that was made."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from script_shared.addresses import sqlite_file
from script_shared.errors import UnavailableError
from script_shared.events.address import engine_of
from script_shared.events.database.log_file import FIX, FileIdentity, LogFile
from script_shared.events.database.numbering import last_number, raise_numbers
from script_shared.events.database.schema import ENTRIES, METADATA, WIDENED, index_statement
from script_shared.names import MAX_ID

_APPEND_LOCK = 0x7061757461  # PostgreSQL advisory lock: appends commit in the order of their numbers
logger = logging.getLogger("pauta.events")


class LogConnection:
    """Transactions on one log.

    A process makes the log where there is none when it first uses it. From then on it never makes one again: a file or
    table that vanished is an error until it is back, or until the process starts again. A file that was replaced is
    opened again. Where the log in it is another one, or an older copy, ``renewals`` counts it, and its numbers go on
    above the last one known here, so that no number means two entries.

    Args:
        uri: an SQLAlchemy address.

    Attributes:
        renewals: how often another log was found at the address.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str) -> None:
        self.engine = engine_of(uri)
        self.dialect = self.engine.dialect.name
        self.renewals = 0
        path = sqlite_file(uri)
        self._file = LogFile(path, self.engine) if path is not None else None
        self._guard = threading.RLock()
        self._made = self._had = self._new_connection = False
        self._last: tuple[int, str] | None = None
        event.listen(self.engine, "connect", self._note_connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction; when the block has ended, what it wrote is in the log at the address.

        Raises:
            UnavailableError: the log cannot be used, or is not the one any more that was opened.
        """
        try:
            self._prepare()
            with self.engine.begin() as connection:
                opened = self._file_identity(connection)
                yield connection
            self._refuse_moved(opened)
        except SQLAlchemyError as error:
            raise self._unavailable(error) from error

    def lock(self, connection: Connection) -> None:
        """Lock out other writers until the commit, so that what is read now still holds then.

        Args:
            connection: at the begin of a transaction.
        """
        if self.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _APPEND_LOCK})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def note(self, number: int, entry_id: str) -> None:
        """Remember an entry that the log has, by which it is recognised later.

        Args:
            number: ``seq`` of the entry; a lower one than noted before changes nothing.
            entry_id: its id.
        """
        last = self._last
        if last is None or number > last[0]:
            self._last = (number, entry_id)

    def continue_after(self, number: int) -> bool:
        """See that entries get numbers above this one; returns whether that had to be changed.

        Args:
            number: ``seq`` that a snapshot knows.
        """
        with self.transaction() as connection:
            if last_number(connection) >= number:
                return False
        with self.transaction() as connection:
            self.lock(connection)
            raise_numbers(connection, number)
        return True

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _note_connection(self, *_: Any) -> None:
        self._new_connection = True

    def _prepare(self) -> None:
        """Make the log at the first use; later recognise what a new connection reaches."""
        if self._made and not self._new_connection:
            return
        with self._guard:
            if not self._made:
                self._make()
            if self._had:
                self._recognise()
            self._made = self._had = True
            self._new_connection = False
            if self._file is not None:
                self._file.must_exist, self._file.lost = True, None

    def _make(self) -> None:
        """Make what is missing; several processes may do so at once."""
        with self.engine.begin() as connection:
            opened = self._file_identity(connection)
            if self.dialect == "postgresql":
                self.lock(connection)
            self._refuse_damaged(connection)
            if not inspect(connection).has_table(ENTRIES.name):
                if self._had:
                    raise UnavailableError("the event log is unreachable: its table is missing.", fix=FIX)
                logger.warning("a new, empty event log is created")
            for table in METADATA.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in sorted(table.indexes, key=lambda index: str(index.name)):
                    connection.execute(CreateIndex(index, if_not_exists=True))
            connection.exec_driver_sql(index_statement(self.dialect))
            if self.dialect == "postgresql":
                _widen(connection)
        self._refuse_moved(opened)

    def _recognise(self) -> None:
        """Count a log that is another one, or an older copy, as a new one, and go on above the numbers known here."""
        if (last := self._last) is None:
            return
        number, entry_id = last
        with self.engine.begin() as connection:
            given = last_number(connection)
            found = connection.scalar(select(ENTRIES.c.entry_id).where(ENTRIES.c.seq == number))
        if given >= number and found in (None, entry_id):
            return
        logger.warning("another event log is at the address: it ends at %d, entry %d was known here", given, number)
        with self.engine.begin() as connection:
            self.lock(connection)
            raise_numbers(connection, number)
        self._last = None
        self.renewals += 1

    def _file_identity(self, connection: Connection) -> FileIdentity | None:
        """What the connection has open, once that is known to be at the path still."""
        if self._file is None:
            return None
        opened = self._file.opened_by(connection)
        self._refuse_moved(opened)
        return opened

    def _refuse_moved(self, opened: FileIdentity | None) -> None:
        if self._file is None or opened is None or self._file.holds(opened):
            return
        self._made, self._file.lost = False, opened
        self.engine.dispose()  # the next transaction opens what is at the path then
        raise UnavailableError(
            "the event log is unreachable: its file was removed, replaced or cut while it was in use.",
            fix=FIX,
            private=str(self._file.path),
        )

    def _refuse_damaged(self, connection: Connection) -> None:
        """A file that comes after one that was lost may be half a copy."""
        if self._file is None or self._file.lost is None:
            return
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise UnavailableError("the event log is unreachable: its file is damaged.", fix=FIX, private=str(found))

    def _unavailable(self, error: SQLAlchemyError) -> UnavailableError:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        if not self._had:
            return UnavailableError("the event log cannot be used.", fix="Check PAUTA_EVENTS_URI.", private=reason)
        if self._file is not None and not self._file.path.exists():
            return UnavailableError("the event log is unreachable: its file is gone.", fix=FIX, private=reason)
        fix = "Check PAUTA_EVENTS_URI, its database and its disk."
        return UnavailableError("the event log is unreachable.", fix=fix, private=reason)


def _widen(connection: Connection) -> None:
    """Make room for longer ids in a PostgreSQL table of an earlier version; SQLite has no limits."""
    columns = {column["name"]: column["type"] for column in inspect(connection).get_columns(ENTRIES.name)}
    for name in WIDENED:
        if (getattr(columns[name], "length", None) or MAX_ID) < MAX_ID:
            connection.execute(text(f"ALTER TABLE {ENTRIES.name} ALTER COLUMN {name} TYPE VARCHAR({MAX_ID})"))
