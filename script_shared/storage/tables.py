"""Tables of a use case in SQLite, PostgreSQL or MySQL: their address, and connections that create missing tables."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from script_shared.addresses import sqlite_address, sqlite_file
from script_shared.errors import SettingsError, UnavailableError
from script_shared.settings import Settings
from script_shared.storage.database_timeouts import connect_arguments
from script_shared.storage.local import file_lock
from script_shared.use_case_settings import variable

log = logging.getLogger("pauta.tables")
Identity = tuple[int, int]  # device and inode of a file
_LOCK = "SELECT pg_advisory_xact_lock(hashtext(:name))"  # two processes must not create tables at once
_MYSQL_LOCK, _MYSQL_UNLOCK = "SELECT GET_LOCK(:name, 60)", "SELECT RELEASE_LOCK(:name)"


def tables_address(settings: Settings, use_case: str) -> str:
    """Address of the tables: the setting, else the event log's PostgreSQL, else a SQLite file beside the log.

    Args:
        settings: ``database_uri`` of the use case, and ``events_address``.
        use_case: such as ``students``; it names the SQLite file.
    """
    if own := settings.of(use_case).database_uri:
        return own.get_secret_value()
    file = sqlite_file(settings.events_address)
    return sqlite_address(file.with_name(f"{use_case}.db")) if file is not None else settings.events_address


class TableConnection:
    """Transactions on the tables of a use case.

    Args:
        uri: an SQLAlchemy address.
        use_case: whose tables they are.
        make: creates or updates the tables; called once before the first transaction.
        durable: whether a SQLite commit is on disk when it returns; otherwise it only survives the end of the process.

    Raises:
        SettingsError: the address is invalid.
    """

    def __init__(self, uri: str, use_case: str, make: Callable[[Connection], None], *, durable: bool = False) -> None:
        self._use_case, self._make, self._file = use_case, make, sqlite_file(uri)
        self._variable = variable(use_case, "database_uri")
        self.engine = _engine(uri, self._variable, "FULL" if durable else "NORMAL")
        self._guard, self._made = threading.Lock(), False
        self._opened: Identity | None = None
        self._direct: tuple[Identity | None, sqlite3.Connection] | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction; its writes are in the database when the block has ended.

        Raises:
            UnavailableError: the database cannot be used.
        """
        try:
            self._prepare()
            with self.engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", error)).partition("\n")[0]
            fix = f"Check {self._variable}, its database and its disk."
            raise UnavailableError(
                f"the tables of {self._use_case} are unreachable.", fix=fix, private=reason
            ) from error

    def direct(self) -> sqlite3.Connection | None:
        """A connection of the event loop's thread, for single statements that take microseconds and never wait.

        None for a server, before the tables exist, and while another file is at the path.
        """
        if self._file is None or not self._made or self._identity() != self._opened:
            return None
        if self._direct is None or self._direct[0] != self._opened:
            connection = sqlite3.connect(self._file, timeout=0, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA wal_autocheckpoint=0")  # a checkpoint would wait for the disk
            self._direct = self._opened, connection
        return self._direct[1]

    def close(self) -> None:
        """Close the connections."""
        if self._direct is not None:
            self._direct[1].close()
            self._direct = None
        self.engine.dispose()

    def _prepare(self) -> None:
        """Create the tables at the first use, and again if the SQLite file was replaced or removed."""
        if self._made and self._identity() == self._opened:
            return
        with self._guard:
            if self._made:
                log.warning("the file of the tables of %s was removed or replaced: opening it again", self._use_case)
                self.engine.dispose()  # open connections write to the removed file
                self._made = False
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            guard = file_lock(self._file.with_name(f".{self._file.name}.lock")) if self._file else nullcontext()
            with guard, self.engine.begin() as connection, _alone(connection, f"pauta {self._use_case}"):
                self._make(connection)
            self._made, self._opened = True, self._identity()

    def _identity(self) -> Identity | None:
        """The file at the path; None if there is none, and for a server."""
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


@contextmanager
def _alone(connection: Connection, name: str) -> Iterator[None]:
    """Wait for other processes that create the same tables on a server."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text(_LOCK), {"name": name})
    if dialect not in ("mysql", "mariadb"):
        yield
        return
    connection.execute(text(_MYSQL_LOCK), {"name": name})
    try:
        yield
    finally:
        connection.execute(text(_MYSQL_UNLOCK), {"name": name})


def _engine(uri: str, variable_name: str, synchronous: str) -> Engine:
    fix = "Use sqlite:///…, postgresql+psycopg2://… or mysql+pymysql://… (with the package pymysql)."
    try:
        arguments = connect_arguments(make_url(uri))
        if uri.startswith("sqlite"):
            engine = create_engine(uri, hide_parameters=True, connect_args=arguments)
            event.listen(engine, "connect", lambda connection, _: _write_ahead(connection, synchronous))
            return engine
        isolation = {"isolation_level": "READ COMMITTED"} if uri.startswith(("mysql", "mariadb")) else {}
        options = {"pool_pre_ping": True, "pool_size": 4, "connect_args": arguments, **isolation}
        return create_engine(uri, hide_parameters=True, **options)
    except (SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        raise SettingsError(f"{variable_name}: {error}.", fix=fix) from error


def _write_ahead(connection: Any, synchronous: str) -> None:
    """Readers never wait for a writer; commits survive the end of the process."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
