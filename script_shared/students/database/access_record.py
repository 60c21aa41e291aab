"""The access record: who looked at which student, when, and by which route. Rows are only added, until they are old."""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, delete, insert, select

from script_shared.clock import wall_ms
from script_shared.events.entry import user_digest
from script_shared.storage.tables import TableConnection
from script_shared.students.erasure import person_name

METADATA = MetaData()
ACCESS = Table(
    "pauta_student_access",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("viewer", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("route", String(128), nullable=False),
    Column("student", String(32), nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice
)
_INSERT = f"INSERT INTO {ACCESS.name} (at_ms, viewer, role, route, student) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Look:
    """One look at one student.

    Attributes:
        at_ms: when, epoch milliseconds, UTC.
        viewer: name of the token.
        role: its role.
        route: method and template of the route, without the id.
        student: digest of the student.
        number: place in the record; 0 before it is written.
    """

    at_ms: int
    viewer: str
    role: str
    route: str
    student: str
    number: int = 0


def digest_of(ra: str) -> str:
    """What the record calls a student: 32 hex characters.

    Anybody who has the record and a list of ids can tell who is meant; the record alone names nobody.

    Args:
        ra: id of the student, as in the sheets or in a request.
    """
    return user_digest(person_name(ra))


def looks_at(ids: Sequence[str], viewer: str, role: str, route: str) -> list[Look]:
    """Looks at several students at once.

    Args:
        ids: of the students, as in a request.
        viewer: name of the token's holder.
        role: of the token.
        route: path and method that was asked for.

    Returns:
        one look per student, all of now, with digests instead of ids.
    """
    now = wall_ms()
    return [Look(now, viewer, role, route, digest_of(ra)) for ra in ids]


class AccessRecord:
    """The record in one database; processes may share it.

    Args:
        uri: an SQLAlchemy address of SQLite or PostgreSQL.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str) -> None:
        self._connection = TableConnection(uri, "students", METADATA.create_all)

    def add(self, looks: Sequence[Look]) -> None:
        """Write looks, all or none.

        Args:
            looks: as ``looks_at`` gives them.

        Raises:
            UnavailableError: they were not written.
        """
        rows = [{name: value for name, value in asdict(look).items() if name != "number"} for look in looks]
        with self._connection.transaction() as connection:
            connection.execute(insert(ACCESS), rows)

    def add_now(self, look: Look) -> bool:
        """Write one look in microseconds, without waiting for anybody; returns whether it is in the record.

        It is not where the database is PostgreSQL, or another writer is at work: then ``add`` it in a thread.

        Args:
            look: as ``looks_at`` gives it.
        """
        connection = self._connection.direct()
        if connection is None:
            return False
        try:
            connection.execute(_INSERT, (look.at_ms, look.viewer, look.role, look.route, look.student))
        except sqlite3.Error:
            return False
        return True

    def checkpoint(self) -> None:
        """Move what ``add_now`` wrote out of SQLite's log of changes; blocks for the disk.

        Raises:
            UnavailableError: the database cannot be used.
        """
        with self._connection.transaction() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def read(
        self,
        *,
        since_ms: int | None = None,
        until_ms: int | None = None,
        viewer: str | None = None,
        student: str | None = None,
        before: int | None = None,
        limit: int = 1000,
    ) -> list[Look]:
        """Looks, the newest first.

        Args:
            since_ms, until_ms: from a time on, and before one.
            viewer: name of a token.
            student: digest of a student.
            before: only rows with a lower number, for the next page.
            limit: how many at most.

        Raises:
            UnavailableError: the record cannot be read.
        """
        wanted = []
        if since_ms is not None:
            wanted.append(ACCESS.c.at_ms >= since_ms)
        if until_ms is not None:
            wanted.append(ACCESS.c.at_ms < until_ms)
        if viewer is not None:
            wanted.append(ACCESS.c.viewer == viewer)
        if student is not None:
            wanted.append(ACCESS.c.student == student)
        if before is not None:
            wanted.append(ACCESS.c.number < before)
        query = select(ACCESS).where(*wanted).order_by(ACCESS.c.number.desc()).limit(limit)
        with self._connection.transaction() as connection:
            return [Look(**row) for row in connection.execute(query).mappings()]

    def remove_before(self, at_ms: int) -> int:
        """Delete looks that are older, and return how many there were.

        Args:
            at_ms: epoch milliseconds, UTC.

        Raises:
            UnavailableError: the record cannot be written.
        """
        with self._connection.transaction() as connection:
            return connection.execute(delete(ACCESS).where(ACCESS.c.at_ms < at_ms)).rowcount

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()
