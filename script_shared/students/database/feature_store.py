"""The online feature store: each student's latest record and risk, by release, in SQLite or PostgreSQL."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    text,
)

from script_shared.arrays import FloatArray
from script_shared.clock import wall_ms
from script_shared.storage.tables import TableConnection
from script_shared.students.erasure import are_erased
from script_shared.students.features import RECORD
from script_shared.students.risk_model import Risks
from script_shared.students.store import Store

AT_ONCE = 5_000  # rows of one statement
_WRITE_LOCK = 0x70617562  # PostgreSQL advisory lock: one process writes a release
METADATA = MetaData()
FEATURES = Table(
    "pauta_student_features",
    METADATA,
    Column("release", String(128), primary_key=True),
    Column("ra", String(64), primary_key=True),
    Column("features", LargeBinary, nullable=False),
)
RELEASES = Table(  # those that are there as a whole
    "pauta_student_releases",
    METADATA,
    Column("release", String(128), primary_key=True),
    Column("students", Integer, nullable=False),
    Column("written_ms", BigInteger, nullable=False),
)
_SELECT = f"SELECT features FROM {FEATURES.name} WHERE release = ? AND ra = ?"


@dataclass(frozen=True)
class StudentFeatures:
    """What the store has of one student.

    Attributes:
        record: the latest one; None where the sheet had nothing.
        risks: of that record, for one student.
        effects: of the factors, for the reasons; None where they have to be computed.
    """

    record: dict[str, float | None]
    risks: Risks
    effects: FloatArray | None

    @classmethod
    def of(cls, content: bytes) -> "StudentFeatures":
        """Read from the bytes that the store holds.

        Args:
            content: as ``FeatureStore.read`` gives it.
        """
        record, effects, *risks = orjson.loads(content)
        known = None if effects is None or None in effects else np.array(effects)
        return cls(dict(zip(RECORD, record, strict=True)), Risks(*(np.array([ends]) for ends in risks)), known)


class FeatureStore:
    """The store in one database; processes may share it.

    Args:
        uri: an SQLAlchemy address of SQLite or PostgreSQL.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str) -> None:
        self._connection = TableConnection(uri, "students", METADATA.create_all)

    def write(self, release: str, store: Store, erased: Collection[str] = ()) -> bool:
        """Write the students of a release, all or none, unless it is there; returns whether they were written.

        Args:
            release: version of the release.
            store: the students of the release.
            erased: digests of students who are left out.

        Raises:
            UnavailableError: the database cannot be written.
        """
        ids = store.ids.ids.tolist()
        kept = [place for place, gone in enumerate(are_erased(ids, erased)) if not gone]
        with self._connection.transaction() as connection:
            _lock(connection)
            if connection.scalar(select(RELEASES.c.release).where(RELEASES.c.release == release)) is not None:
                return False
            for start in range(0, len(kept), AT_ONCE):
                places = kept[start : start + AT_ONCE]
                rows = [{"release": release, "ra": ids[at], "features": _content(store, at)} for at in places]
                connection.execute(insert(FEATURES), rows)
            connection.execute(insert(RELEASES).values(release=release, students=len(kept), written_ms=wall_ms()))
        return True

    @property
    def is_embedded(self) -> bool:
        """Whether ``read`` takes microseconds and never waits."""
        return self._connection.direct() is not None

    def read(self, release: str, ra: str) -> bytes | None:
        """What a release has of a student, for ``StudentFeatures.of``; None for an unknown one.

        Args:
            release: version of the release.
            ra: id of the student in its normal form, see ``normal_id``.

        Raises:
            UnavailableError: the database cannot be read.
        """
        if (direct := self._connection.direct()) is not None:
            try:
                row = direct.execute(_SELECT, (release, ra)).fetchone()
            except sqlite3.Error:
                return self._read(release, ra)
            return None if row is None else bytes(row[0])
        return self._read(release, ra)

    def _read(self, release: str, ra: str) -> bytes | None:
        query = select(FEATURES.c.features).where(FEATURES.c.release == release, FEATURES.c.ra == ra)
        with self._connection.transaction() as connection:
            found: bytes | None = connection.scalar(query)
        return None if found is None else bytes(found)

    def erase(self, ra: str) -> int:
        """Delete a student from all releases; returns from how many.

        Args:
            ra: id of the student in its normal form, see ``normal_id``.

        Raises:
            UnavailableError: the database cannot be written.
        """
        with self._connection.transaction() as connection:
            return connection.execute(delete(FEATURES).where(FEATURES.c.ra == ra)).rowcount

    def keep(self, releases: Collection[str]) -> list[str]:
        """Delete all other releases; returns their names.

        Args:
            releases: versions that stay.

        Raises:
            UnavailableError: the database cannot be written.
        """
        with self._connection.transaction() as connection:
            found = set(connection.scalars(select(RELEASES.c.release)))
            old = sorted(found - set(releases))
            for table in (FEATURES, RELEASES):
                connection.execute(delete(table).where(table.c.release.in_(old)))
        return old

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _content(store: Store, place: int) -> bytes:
    risks = store.risks
    record = list(store.record(store.rows(place)[-1]).values())
    effects = None if store.effects is None else store.effects[place].tolist()  # nan becomes null
    return orjson.dumps([record, effects, *(array[place].tolist() for array in (risks.chances, risks.low, risks.high))])
