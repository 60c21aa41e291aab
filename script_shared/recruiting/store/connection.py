"""Connections to the tables, which migrations make or bring up to date at the first use."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from script_shared.addresses import sqlite_address, sqlite_file
from script_shared.errors import SettingsError, UnavailableError
from script_shared.settings import Settings
from script_shared.storage.local import locked
from script_shared.use_case_settings import variable

VARIABLE = variable("recruiting", "database_uri")
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x72656372  # PostgreSQL advisory lock: two processes do not migrate at once


def database_address(settings: Settings) -> str:
    """Address of the tables: the setting, else the event log's PostgreSQL, else a SQLite file beside the log."""
    if own := settings.of("recruiting").database_uri:
        return own.get_secret_value()
    file = sqlite_file(settings.events_address)
    return sqlite_address(file.with_name("recruiting.db")) if file is not None else settings.events_address


class StoreConnection:
    """Transactions on the tables.

    Args:
        uri: an SQLAlchemy address.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str) -> None:
        self.engine, self._file = _engine(uri), sqlite_file(uri)
        self._guard, self._ready = threading.Lock(), False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction; what it wrote is in the database when the block has ended.

        Raises:
            UnavailableError: the database cannot be used.
        """
        try:
            with self._guard:
                if not self._ready:
                    self._migrate()
                    self._ready = True
            with self.engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", error)).partition("\n")[0]
            fix = f"Check {VARIABLE}, its database and its disk."
            raise UnavailableError("the recruiting tables are unreachable.", fix=fix, private=reason) from error

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _migrate(self) -> None:
        from alembic.command import upgrade
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        guard = locked(self._file.with_name(f".{self._file.name}.lock")) if self._file else nullcontext()
        logging.getLogger("alembic").setLevel(logging.WARNING)
        with guard, self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config.attributes["connection"] = connection
            try:
                upgrade(config, "head")
            except CommandError as error:
                message = "the recruiting tables are of another version of Pauta."
                raise UnavailableError(message, fix="Start the newest one again.", private=str(error)) from error


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
    """Readers never wait for a writer, and a commit is on disk when it returns."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
