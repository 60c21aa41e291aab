"""The session that an entry names, as both databases read it out of the body, and can index it."""

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles

INDEX = "pauta_entries_session"


class SessionKey(ColumnElement[str]):
    """``body.session`` of an entry, null where it names none.

    Written without parameters, because SQLite uses an index of an expression only where it finds the same one.
    """

    inherit_cache = True
    type = String()


@compiles(SessionKey, "sqlite")
def _sqlite(element: SessionKey, compiler: Any, **options: Any) -> str:
    return "json_extract(body, '$.session')"


@compiles(SessionKey, "postgresql")
def _postgresql(element: SessionKey, compiler: Any, **options: Any) -> str:
    return "(body ->> 'session')"


def index_statement(dialect: str) -> str:
    """SQL that makes the index where it is missing; only what names a session takes space in it."""
    key = _sqlite(SessionKey(), None) if dialect == "sqlite" else _postgresql(SessionKey(), None)
    return f"CREATE INDEX IF NOT EXISTS {INDEX} ON pauta_entries ({key})"
