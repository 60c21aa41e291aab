"""Vacancies, candidates and applications that people added or changed: versions, pages, and changes in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Table, and_, delete, func, insert, select, update

from script_shared.errors import ConflictError
from script_shared.recruiting.store.migrate import migrate
from script_shared.recruiting.store.schema import CONTACTS, COUNTER, OF_CANDIDATES, TABLES
from script_shared.storage.tables import TableConnection

Kind = Literal["vacancies", "candidates", "applications"]
KEYS: dict[str, tuple[str, ...]] = {
    "vacancies": ("vacancy_id",),
    "candidates": ("candidate_id",),
    "applications": ("candidate_id", "vacancy_id"),
}
SEARCHED = {"vacancies": "title", "candidates": "title", "applications": "status"}  # column that a search looks at
OWN = ("version", "change", "removed")
STALE = "somebody changed it since it was read, or it exists already."
FIX = "Read it again, and send its version with your change."


@dataclass(frozen=True)
class StoredRow:
    """One row.

    Attributes:
        record: by the columns of its refined table.
        version: grows by one with every change of it.
        change: number of its latest change; the changes of all rows are in the order of their numbers.
        removed: it was removed; the record has its key alone.
    """

    kind: Kind
    record: dict[str, Any]
    version: int
    change: int
    removed: bool


class RecruitingStore:
    """Args:
    uri: an SQLAlchemy address.
    """

    def __init__(self, uri: str) -> None:
        self._connection = TableConnection(uri, "recruiting", migrate, durable=True)

    def get(self, kind: Kind, key: Sequence[str]) -> StoredRow | None:
        """A row, None where there is none; a removed one counts as one.

        Args:
            kind: of the row, which names the table.
            key: values of the columns ``KEYS[kind]``.
        """
        with self._connection.transaction() as connection:
            return _row(connection, kind, key)

    def put(self, kind: Kind, record: Mapping[str, Any], version: int = 0) -> StoredRow:
        """Add a row, or change it.

        Args:
            kind: of the row, which names the table.
            record: values by column, its key among them.
            version: of the row that is changed; 0 for a new one.

        Raises:
            ConflictError: the row has another version.
        """
        return self._write(kind, record, version, removed=False)

    def remove(self, kind: Kind, key: Sequence[str], version: int) -> StoredRow:
        """Remove a row; its key stays, so that every process hears of it.

        Args:
            kind: of the row, which names the table.
            key: values of the columns ``KEYS[kind]``.
            version: of the row that is removed.

        Raises:
            ConflictError: the row has another version.
        """
        names = dict(zip(KEYS[kind], key, strict=True))
        return self._write(kind, names, version, removed=True)

    def erase_candidate(self, candidate: str) -> None:
        """Delete a candidate, applications and contact for good; the event log says so to other processes.

        Args:
            candidate: id of the candidate.
        """
        with self._connection.transaction() as connection:
            for table in OF_CANDIDATES:
                connection.execute(delete(table).where(table.c.candidate_id == candidate))

    def drop_contacts(self) -> None:
        """Delete all contacts."""
        with self._connection.transaction() as connection:
            connection.execute(delete(CONTACTS))

    def erase_candidates(self, are_erased: Callable[[Sequence[str]], Sequence[bool]]) -> int:
        """Delete every candidate who was erased and is still in a table, and return how many there were.

        Args:
            are_erased: which of some ids were erased.
        """
        with self._connection.transaction() as connection:
            columns = [table.c.candidate_id for table in OF_CANDIDATES]
            ids = sorted({name for column in columns for name in connection.scalars(select(column))})
        found = [name for name, erased in zip(ids, are_erased(ids), strict=True) if erased]
        for name in found:
            self.erase_candidate(name)
        return len(found)

    def page(
        self, kind: Kind, offset: int, limit: int, before: int | None = None, text: str = "", **equal: str
    ) -> tuple[list[StoredRow], int]:
        """Rows, latest change first, and how many there are on all pages.

        Args:
            kind: of the rows, which names the table.
            offset: rows to leave out at the begin.
            limit: rows at most.
            before: only rows with an earlier change than this one, for the next page.
            text: only rows whose title (of applications: status) has every word of it; "" for all.
            **equal: only rows with this text in the column of this name.

        Returns:
            rows that were not removed, and how many of them there are on all pages.
        """
        table = TABLES[kind]
        searched = func.lower(table.c[SEARCHED[kind]])
        has_words = (searched.contains(word.lower(), autoescape=True) for word in text.split())
        wanted = and_(~table.c.removed, *(table.c[name] == value for name, value in equal.items()), *has_words)
        with self._connection.transaction() as connection:
            shown = wanted if before is None else and_(wanted, table.c.change < before)
            found = connection.execute(
                select(table).where(shown).order_by(table.c.change.desc()).offset(offset).limit(limit)
            )
            rows = [_stored_row(kind, dict(row)) for row in found.mappings()]
            total = connection.execute(select(func.count()).select_from(table).where(wanted)).scalar_one()
        return rows, int(total)

    def since(self, change: int) -> list[StoredRow]:
        """Rows with a later change, in the order of their changes.

        Changes that are committed while the tables are read, one after the other, are left for the next time: of two
        such changes, the earlier one may be of a table that was read before.

        Args:
            change: of the last row known, 0 for all rows.
        """
        found: list[StoredRow] = []
        with self._connection.transaction() as connection:
            latest = int(connection.execute(select(COUNTER.c.change)).scalar_one())
            if latest <= change:
                return found
            for kind, table in TABLES.items():
                wanted = and_(table.c.change > change, table.c.change <= latest)
                rows = connection.execute(select(table).where(wanted)).mappings()
                found += [_stored_row(kind, dict(row)) for row in rows]  # type: ignore[arg-type]
        return sorted(found, key=lambda each: each.change)

    def latest(self) -> int:
        """Number of the latest change."""
        with self._connection.transaction() as connection:
            return int(connection.execute(select(COUNTER.c.change)).scalar_one())

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()

    def _write(self, kind: Kind, record: Mapping[str, Any], version: int, *, removed: bool) -> StoredRow:
        table, key = TABLES[kind], [str(record[name]) for name in KEYS[kind]]
        with self._connection.transaction() as connection:
            connection.execute(update(COUNTER).values(change=COUNTER.c.change + 1))  # other writers wait from here on
            change = int(connection.execute(select(COUNTER.c.change)).scalar_one())
            before = _row(connection, kind, key)
            if version != (before.version if before and not before.removed else 0):
                raise ConflictError(STALE, fix=FIX)
            own = [each for each in table.columns if each.name not in OWN]
            values = {each.name: record.get(each.name, None if each.nullable else "") for each in own}
            values |= {"version": (before.version if before else 0) + 1, "change": change, "removed": removed}
            if before:
                connection.execute(update(table).where(_is(table, kind, key)).values(values))
            else:
                connection.execute(insert(table).values(values))
        return _stored_row(kind, values)


def _row(connection: Connection, kind: Kind, key: Sequence[str]) -> StoredRow | None:
    table = TABLES[kind]
    found = connection.execute(select(table).where(_is(table, kind, key))).mappings().first()
    return _stored_row(kind, dict(found)) if found else None


def _is(table: Table, kind: Kind, key: Sequence[str]) -> Any:
    return and_(*(table.c[name] == value for name, value in zip(KEYS[kind], key, strict=True)))


def _stored_row(kind: Kind, row: dict[str, Any]) -> StoredRow:
    record = {str(name): value for name, value in row.items() if name not in OWN}  # plain texts, not SQLAlchemy's
    return StoredRow(kind, record, int(row["version"]), int(row["change"]), bool(row["removed"]))
