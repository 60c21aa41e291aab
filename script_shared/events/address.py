"""The address of the event log: its parts, and connections to it."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from script_shared.errors import SettingsError
from script_shared.storage.database_timeouts import connect_arguments


def log_exists(uri: str) -> bool:
    """Whether there is a log at this address, found out without making one: a SQLite file may be missing.

    Args:
        uri: an address of SQLAlchemy, such as ``sqlite:////srv/events.db``.

    Raises:
        SettingsError: the address cannot be understood.
    """
    try:
        address = make_url(uri)
    except SQLAlchemyError as error:
        raise SettingsError(f"PAUTA_EVENTS_URI: {error}.", fix="Use sqlite:///… or postgresql+psycopg2://….") from error
    file = address.database if address.get_backend_name() == "sqlite" else None
    return not file or Path(file).exists()


def engine_of(uri: str) -> Engine:
    """Connections to the log at this address, none of them open yet.

    Args:
        uri: an address of SQLAlchemy: SQLite or PostgreSQL.

    Raises:
        SettingsError: the address cannot be understood.
    """
    try:
        arguments = connect_arguments(make_url(uri))
        if uri.startswith("sqlite"):
            engine = create_engine(uri, hide_parameters=True, connect_args=arguments)
            event.listen(engine, "connect", _durable)
            return engine
        return create_engine(uri, hide_parameters=True, pool_pre_ping=True, pool_size=4, connect_args=arguments)
    except (SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        raise SettingsError(f"PAUTA_EVENTS_URI: {error}.", fix="Use sqlite:///… or postgresql+psycopg2://….") from error


def _durable(connection: Any, _: Any) -> None:
    """Users never wait for the writer, and a commit is on disk when it returns."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
