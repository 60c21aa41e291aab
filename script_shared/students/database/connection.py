"""Connections to the tables of the students use case, which are made where they are missing."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from script_shared.addresses import sqlite_address, sqlite_file
from script_shared.errors import SettingsError, UnavailableError
from script_shared.settings import Settings
from script_shared.use_case_settings import variable

VARIABLE = variable("students", "database_uri")
_MAKE_LOCK = 0x70617561  # PostgreSQL advisory lock: two processes do not make the tables at once
log = logging.getLogger("pauta.students")


def database_address(settings: Settings) -> str:
    """Address of the tables: the setting, else the event log's PostgreSQL, else a SQLite file beside the log."""
    if own := settings.of("students").database_uri:
        return own.get_secret_value()
    file = sqlite_file(settings.events_address)
    return sqlite_address(file.with_name("students.db")) if file is not None else settings.events_address


class TableConnection:
    """Transactions on tables of one database; they are made at the first use.

    Args:
        uri: an SQLAlchemy address of SQLite or PostgreSQL.
        tables: that are made where they are missing.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str, tables: MetaData) -> None:
        self._tables, self._file = tables, sqlite_file(uri)
        self.engine = _engine(uri)
        self._guard, self._made = threading.Lock(), False
        self._opened: tuple[int, int] | None = None
        self._direct: tuple[tuple[int, int] | None, sqlite3.Connection] | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction; what it wrote is in the database when the block has ended.

        Raises:
            UnavailableError: the database cannot be used.
        """
        try:
            self._prepare()
            with self.engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", error)).partition("\n")[0]
            fix = f"Check {VARIABLE}, its database and its disk."
            raise UnavailableError("the database of the students is unreachable.", fix=fix, private=reason) from error

    def direct(self) -> sqlite3.Connection | None:
        """A connection of the event loop's thread, for single statements that take microseconds and wait for nobody.

        None for PostgreSQL, before the tables were made, and while another file is at the path.
        """
        if self._file is None or not self._made or self._identity() != self._opened:
            return None
        if self._direct is None or self._direct[0] != self._opened:
            connection = sqlite3.connect(self._file, timeout=0, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA wal_autocheckpoint=0")  # which would wait for the disk
            self._direct = self._opened, connection
        return self._direct[1]

    def close(self) -> None:
        """Give the connections back."""
        if self._direct is not None:
            self._direct[1].close()
            self._direct = None
        self.engine.dispose()

    def _prepare(self) -> None:
        """Make the tables at the first use, and where the SQLite file is another one than was opened, or is gone."""
        if self._made and self._identity() == self._opened:
            return
        with self._guard:
            if self._made:
                log.warning("the file of the database of the students was removed or replaced: it is opened again")
                self.engine.dispose()  # open connections write into the file that was removed
                self._made = False
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            with self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKE_LOCK})
                self._tables.create_all(connection)
            self._made, self._opened = True, self._identity()

    def _identity(self) -> tuple[int, int] | None:
        """Which file is at the path; None where there is none, and for PostgreSQL."""
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


def _engine(uri: str) -> Engine:
    try:
        if uri.startswith("sqlite"):
            engine = create_engine(uri, hide_parameters=True, connect_args={"timeout": 10})
            event.listen(engine, "connect", _write_ahead)
            return engine
        return create_engine(
            uri, hide_parameters=True, pool_pre_ping=True, pool_size=4, connect_args={"connect_timeout": 2}
        )
    except (SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        raise SettingsError(f"{VARIABLE}: {error}.", fix="Use sqlite:///… or postgresql+psycopg2://….") from error


def _write_ahead(connection: Any, _: Any) -> None:
    """Readers never wait for a writer; what was committed survives the end of the process."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
