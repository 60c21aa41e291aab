"""Lists as they were served, in tables of their own beside the event log: written in batches, read back, deleted."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, select, tuple_

from script_shared.clock import EARLY_MS, wall_ms
from script_shared.events.database.experiments.marks import (
    delete_marks,
    marked_between,
    marked_pages,
    prune_marks,
    read_marks,
    write_marks,
)
from script_shared.events.database.people import erased_since
from script_shared.events.database.schema import ENTRIES, SERVED, SERVED_NAMES
from script_shared.events.entry import Kind, user_digest
from script_shared.events.person import Person
from script_shared.events.served_list import ServedList, parts_of, person_key, unpack_numbers
from script_shared.experiments.mark import Mark

_AT_ONCE = 1_000  # numbers or names in one statement
_PRUNED = 10_000  # rows deleted in one transaction: on SQLite, every writer waits for it


class ServedLists:
    """The served lists of one log database. None of them is acknowledged to anybody, so a crash may lose a batch.

    Args:
        transaction: opens one on the database of the log.
        lock: keeps every other writer out from here to the commit.
        insert: the dialect's INSERT.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        lock: Callable[[Connection], None],
        insert: Callable[..., Any],
    ) -> None:
        self._transaction, self._lock, self._insert = transaction, lock, insert

    def write(self, lists: Sequence[ServedList], *, seen: int) -> int:
        """Write lists, all or none; returns how many.

        Args:
            lists: as they were served.
            seen: number of the last entry of the log known when they were served. Lists of people who were erased since
                are left out, because nobody would ever erase them again.

        Raises:
            UnavailableError: the log cannot be used.
        """
        with self._transaction() as connection:
            self._lock(connection)
            erased = erased_since(connection, seen)
            kept = [one for one in lists if not (erased and erased.intersection(map(user_digest, one.people)))]
            if kept:
                names = {name for one in kept for name in one.names} | marked_pages(kept)
                numbers = self._numbers(connection, names)
                connection.execute(SERVED.insert(), [_row(one, numbers) for one in kept])
                write_marks(connection, self._insert, kept, numbers)
        return len(kept)

    def between(
        self, since_ms: int | None, until_ms: int | None, *, after: tuple[int, int] = (0, 0), limit: int
    ) -> list[ServedList]:
        """The lists of a stretch of time in the order of time, at most ``limit``.

        Args:
            since_ms: only lists served at this moment or later, epoch milliseconds, UTC; None for any.
            until_ms: only lists served before this moment, epoch milliseconds, UTC; None for any.
            after: time and number of the last list known.
            limit: lists at most.
        """
        place = tuple_(SERVED.c.time_ms, SERVED.c.number)
        query = select(SERVED).where(place > tuple_(*after)).order_by(SERVED.c.time_ms, SERVED.c.number)
        with self._transaction() as connection:
            return _read(connection, _within(query, since_ms, until_ms).limit(limit))

    def by_number(
        self, after: int, until: int, limit: int, *, since_ms: int | None, until_ms: int | None
    ) -> list[ServedList]:
        """The lists numbered above ``after`` up to ``until``, in order, at most ``limit``, within a span of time.

        Args:
            after: number of the last list that the caller has, 0 for none.
            until: number of the last list to return.
            limit: lists at most.
            since_ms: only lists served from this moment on, epoch milliseconds; None for all.
            until_ms: only lists served before this moment; None for all.
        """
        query = select(SERVED).where(SERVED.c.number > after, SERVED.c.number <= until).order_by(SERVED.c.number)
        with self._transaction() as connection:
            return _read(connection, _within(query, since_ms, until_ms).limit(limit))

    def head(self) -> int:
        """The newest number, 0 for none."""
        with self._transaction() as connection:
            return int(connection.scalar(select(func.coalesce(func.max(SERVED.c.number), 0))) or 0)

    def marked_between(self, experiment: str) -> tuple[int, int]:
        """When the first and the last list of an experiment were served, epoch milliseconds, 0 for none."""
        with self._transaction() as connection:
            return marked_between(connection, experiment)

    def newest_ms(self) -> int:
        """When the newest list was served that is not ahead of this machine's clock, epoch milliseconds, 0 for none."""
        newest = select(func.max(SERVED.c.time_ms)).where(SERVED.c.time_ms <= wall_ms() + EARLY_MS)
        with self._transaction() as connection:
            return int(connection.scalar(newest) or 0)

    def prune(self, before_ms: int) -> int:
        """Delete lists served before a moment, also those that earlier versions wrote as entries; returns how many.

        Args:
            before_ms: epoch milliseconds, UTC.
        """
        old_lists = select(SERVED.c.number).where(SERVED.c.time_ms < before_ms)
        old_entries = select(ENTRIES.c.seq).where(ENTRIES.c.time_ms < before_ms, ENTRIES.c.kind == int(Kind.SERVED))
        with self._transaction() as connection:
            prune_marks(connection, before_ms)
        pruned = 0
        for column, old in ((SERVED.c.number, old_lists), (ENTRIES.c.seq, old_entries)):
            while numbers := self._some(old):
                with self._transaction() as connection:
                    pruned += connection.execute(delete(column.table).where(column.in_(numbers))).rowcount
        return pruned

    def _some(self, numbers: Select[Any]) -> list[int]:
        """At most ``_PRUNED`` of the numbers, looked up before anybody has to wait for the deletion."""
        with self._transaction() as connection:
            return list(connection.scalars(numbers.limit(_PRUNED)))

    def _numbers(self, connection: Connection, names: Collection[str]) -> dict[str, int]:
        """The number of each name; new names get one."""
        known = _numbers_of(connection, names)
        if new := sorted(set(names) - set(known)):
            statement = self._insert(SERVED_NAMES).on_conflict_do_nothing()
            connection.execute(statement, [{"name": name} for name in new])
            known.update(_numbers_of(connection, new))
        return known


def of_person(connection: Connection, person: Person, visits: Iterable[str]) -> list[ServedList]:
    """A person's lists, in order; of a user also those without a user of the given visits.

    Args:
        connection: to the database of the log.
        person: a user or a visit.
        visits: sessions in which the user was seen; not used for a visit.
    """
    found: dict[int, ServedList] = {}
    for rows in _rows_of(person, visits):
        found.update((one.number, one) for one in _read(connection, select(SERVED).where(rows)))
    return [found[number] for number in sorted(found)]


def delete_of_person(connection: Connection, person: Person, visits: Iterable[str]) -> int:
    """Delete a person's lists; returns how many.

    Args:
        connection: in a transaction, which the caller commits.
        person: a user or a visit.
        visits: sessions in which the user was seen; not used for a visit.
    """
    deleted = 0
    for rows in _rows_of(person, visits):
        delete_marks(connection, select(SERVED.c.answer).where(rows))
        deleted += connection.execute(delete(SERVED).where(rows)).rowcount
    return deleted


def visits_served(connection: Connection, person: Person) -> set[str]:
    """The sessions in which a user was served a list; none for a visit.

    Args:
        connection: to the database of the log.
        person: a user or a visit.
    """
    mine = _is(SERVED.c.user_key, SERVED.c.user_id, person.user)
    query = select(SERVED.c.session).where(mine, SERVED.c.session != "")
    return set(connection.scalars(query.distinct())) if person.user else set()


def _rows_of(person: Person, visits: Iterable[str]) -> Iterable[ColumnElement[bool]]:
    """Which rows are a person's, in parts that no statement is too long for."""
    if person.session:
        yield _is(SERVED.c.session_key, SERVED.c.session, person.session)
        return
    yield _is(SERVED.c.user_key, SERVED.c.user_id, person.user)
    sessions = iter(visits)
    while some := list(islice(sessions, _AT_ONCE)):
        keys = SERVED.c.session_key.in_([person_key(session) for session in some])
        yield and_(keys, SERVED.c.session.in_(some), SERVED.c.user_id == "")


def _is(key: ColumnElement[int], column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return and_(key == person_key(name), column == name)


def _within(query: Select[Any], since_ms: int | None, until_ms: int | None) -> Select[Any]:
    if since_ms is not None:
        query = query.where(SERVED.c.time_ms >= since_ms)
    return query if until_ms is None else query.where(SERVED.c.time_ms < until_ms)


def _numbers_of(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    return {row.name: row.number for row in _name_rows(connection, SERVED_NAMES.c.name, names)}


def _names_of(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    return {row.number: row.name for row in _name_rows(connection, SERVED_NAMES.c.number, numbers)}


def _name_rows(connection: Connection, column: ColumnElement[Any], values: Iterable[Any]) -> Iterable[Row[Any]]:
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield from connection.execute(select(SERVED_NAMES).where(column.in_(some)))


def _row(one: ServedList, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "answer": one.key,
        "time_ms": one.time_ms,
        "user_id": one.user,
        "session": one.session,
        "user_key": person_key(one.user),
        "session_key": person_key(one.session),
        "names": one.blob(numbers),
    }


def _read(connection: Connection, query: Select[Any]) -> list[ServedList]:
    rows = [(row, list(unpack_numbers(row.names))) for row in connection.execute(query)]
    marks = read_marks(connection, [bytes(row.answer) for row, _ in rows])
    names = _names_of(connection, {number for _, numbers in rows for number in numbers} | marks.numbers)
    return [_list(row, numbers, names, marks.of(bytes(row.answer), names)) for row, numbers in rows]


def _list(row: Row[Any], numbers: list[int], names: dict[int, str], marks: tuple[Mark, ...]) -> ServedList:
    labels, pages, draw = parts_of(numbers, names)
    key, number = bytes(row.answer), row.number
    return ServedList(key, row.time_ms, row.user_id, row.session, *labels, pages, number, draw, marks)
