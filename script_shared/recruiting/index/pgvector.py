"""Vectors in PostgreSQL with the extension pgvector: one table for each index, shared by all processes."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.errors import SettingsError, UnavailableError
from script_shared.recruiting.index.base import Entry, Neighbour, Where, no_entry, require_version, require_width
from script_shared.storage.database_timeouts import POSTGRESQL

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LOCK = 0x72656976  # advisory lock: two processes do not make the tables at once
_INDEXES = """
create extension if not exists vector;
create table if not exists recruiting_indexes (
    name text primary key, encoder text not null, width integer not null, version bigint not null default 0,
    complete boolean not null
)
"""
_VECTORS = (
    "create table if not exists {table} (id text primary key, vector vector({width}) not null, tags jsonb not null)"
)
_FINISH = """
create index if not exists {table}_near on {table} using hnsw (vector vector_cosine_ops);
create index if not exists {table}_tags on {table} using gin (tags);
analyze {table};
update recruiting_indexes set complete = true where name = %s
"""


class Database:
    """One connection to PostgreSQL, opened again after it broke.

    Args:
        address: as psycopg2 takes it.
        seconds: longest time of a statement; 0 for no limit.
    """

    def __init__(self, address: str, seconds: int = 0) -> None:
        self.address, self.seconds = address, seconds
        self._lock = Lock()
        self._connection: Any = None

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """A cursor; the block is one transaction.

        Raises:
            UnavailableError: the database cannot be used.
        """
        import psycopg2

        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    limit = f"-c statement_timeout={1000 * self.seconds}"
                    limits = {name: value for name, value in POSTGRESQL.items() if f"{name}=" not in self.address}
                    self._connection = psycopg2.connect(self.address, options=limit, **limits)
                with self._connection, self._connection.cursor() as cursor:
                    yield cursor
            except psycopg2.Error as error:
                self._connection = None
                raise UnavailableError(
                    "the vector index does not answer.", fix="Look at PostgreSQL, then ask again.", private=str(error)
                ) from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()


class PgvectorIndex:
    """The interface of ``VectorIndex``; a filter is part of the query, so the search goes on until enough vectors fit.

    Args:
        database: with pgvector.
        name: of the index, which is created if it is missing.
        bulk: whether many vectors follow and then ``finish``; until then the index is not complete and has no graph.
    """

    def __init__(self, database: Database, name: str, width: int, encoder: str, *, bulk: bool = False) -> None:
        self.encoder, self.width, self._database = encoder, width, database
        self._name, self._table = name, table_of(name)
        with self._cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
            cursor.execute(_INDEXES)
            cursor.execute(
                "insert into recruiting_indexes (name, encoder, width, complete) values (%s, %s, %s, false) "
                "on conflict do nothing",
                (name, encoder, width),
            )
            cursor.execute("select encoder, width, complete from recruiting_indexes where name = %s", (name,))
            stored = cursor.fetchone()
            require_version(stored[0], encoder)
            require_width(stored[1], width)
            cursor.execute(_VECTORS.format(table=self._table, width=int(width)))
            if not (bulk or stored[2]):
                self._finish(cursor)

    def finish(self) -> None:
        """Build the graph over all vectors; then the index is complete."""
        with self._cursor() as cursor:
            self._finish(cursor)

    def _finish(self, cursor: Any) -> None:
        cursor.execute(_FINISH.format(table=self._table), (self._name,))

    def _cursor(self) -> Any:
        return self._database.cursor()

    @property
    def version(self) -> int:
        """Grows with every change, of any process."""
        with self._cursor() as cursor:
            cursor.execute("select version from recruiting_indexes where name = %s", (self._name,))
            return int(cursor.fetchone()[0])

    def upsert(self, entries: Sequence[Entry], encoder: str) -> None:
        """Add entries, or replace those of the same id."""
        from psycopg2.extras import execute_values

        require_version(self.encoder, encoder)
        for entry in entries:
            require_width(self.width, len(entry.vector))
        last = {each.id: each for each in entries}  # one statement must not write a row twice
        rows = [
            (each.id, _text(each.vector), json.dumps({key: list(v) for key, v in each.tags.items()}))
            for _, each in sorted(last.items())  # in a fixed order, so that two writers cannot deadlock
        ]
        with self._cursor() as cursor:
            execute_values(
                cursor,
                f"insert into {self._table} (id, vector, tags) values %s "
                "on conflict (id) do update set vector = excluded.vector, tags = excluded.tags",
                rows,
            )
            self._count_change(cursor)

    def _count_change(self, cursor: Any) -> None:
        cursor.execute("update recruiting_indexes set version = version + 1 where name = %s", (self._name,))

    def delete(self, ids: Sequence[str]) -> int:
        """Remove entries; how many there were."""
        with self._cursor() as cursor:
            cursor.execute(f"delete from {self._table} where id = any(%s)", (list(ids),))
            count = int(cursor.rowcount)
            if count:
                self._count_change(cursor)
        return count

    def query(
        self, target: FloatArray | str, k: int, where: Where | None = None, encoder: str | None = None
    ) -> list[Neighbour]:
        """The k nearest entries, nearest first; see ``VectorIndex``."""
        with self._cursor() as cursor:
            if isinstance(target, str):
                cursor.execute(f"select vector::text from {self._table} where id = %s", (target,))
                found = cursor.fetchone()
                if found is None:
                    raise no_entry()
                near, own = found[0], target
            else:
                require_version(self.encoder, encoder)
                require_width(self.width, len(target))
                near, own = _text(target), None
            clause, values = _clause(where)
            cursor.execute("set local hnsw.ef_search = %s", (min(1000, max(100, 2 * k)),))
            cursor.execute("set local hnsw.iterative_scan = strict_order")
            cursor.execute(
                f"select id, 1 - (vector <=> %s::vector) from {self._table} "
                f"where id is distinct from %s{clause} order by vector <=> %s::vector limit %s",
                (near, own, *values, near, k),
            )
            return [Neighbour(row[0], float(row[1])) for row in cursor.fetchall()]

    def count(self, where: Where | None = None) -> int:
        """Entries, or those that fit."""
        clause, values = _clause(where)
        with self._cursor() as cursor:
            cursor.execute(f"select count(*) from {self._table} where true{clause}", values)
            return int(cursor.fetchone()[0])

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


def table_of(name: str) -> str:
    """The table of an index.

    Raises:
        SettingsError: the name cannot be part of a table name.
    """
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} cannot name an index.", fix="Use lower-case letters, digits and _.")
    return f"recruiting_vectors_{name}"


def _text(vector: FloatArray) -> str:
    return json.dumps(np.asarray(vector, float).tolist())


def _clause(where: Where | None) -> tuple[str, list[Any]]:
    """SQL for a filter, and its values."""
    parts = [" and tags -> %s ?| %s" for _ in where or {}]
    return "".join(parts), [value for name, values in (where or {}).items() for value in (name, list(values))]
