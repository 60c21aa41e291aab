"""Reads and deletes one person's rows in the event log: those of a user and of the user's visits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, literal, or_, select

from script_shared.clock import wall_ms
from script_shared.events.database.schema import ENTRIES, SessionKey
from script_shared.events.entry import Entry, Kind, user_digest
from script_shared.events.person import Person, session_name

_NAMES = {int(kind): kind.name.lower() for kind in Kind}
_AT_ONCE = 1_000  # numbers in one statement


@dataclass(frozen=True)
class Deletion:
    """What an erasure deleted from the log.

    Attributes:
        kinds: entries by kind, only kinds that were there.
        visits: sessions that were the user's; 0 for the erasure of a session.
    """

    kinds: Mapping[str, int]
    visits: int = 0

    @property
    def entries(self) -> int:
        """All entries deleted."""
        return sum(self.kinds.values())


def rows_of(person: Person) -> ColumnElement[bool]:
    """Which rows are a person's.

    A user's are those that name the user, and those without a user of every visit in which the user was seen. A visit's
    are all that name the session, whatever user they name.

    Args:
        person: a user or a visit.
    """
    user: ColumnElement[Any] = ENTRIES.c.user_id
    if person.session:
        return or_(SessionKey() == literal(person.session), user == literal(person.name))
    nobody = user.concat("") == literal("")  # the index of users is of no use here: most rows may have none
    return or_(user == literal(person.user), and_(SessionKey().in_(_visits(person)), nobody))


def _visits(person: Person) -> Select[Any]:
    mine = ENTRIES.c.user_id == person.user
    return select(SessionKey()).where(mine, SessionKey().is_not(None)).distinct()


def visits_of(connection: Connection, person: Person) -> list[str]:
    """The sessions in which a user was seen, in order; none for a visit.

    Args:
        connection: to the database of the log.
        person: a user or a visit.
    """
    return sorted(connection.scalars(_visits(person))) if person.user else []


def delete_rows(connection: Connection, person: Person) -> Counter[str]:
    """Delete a person's rows; returns how many by kind.

    Args:
        connection: in a transaction, which the caller commits.
        person: a user or a visit; served lists are in another table (``served_lists.delete_of_person``).
    """
    rows = connection.execute(select(ENTRIES.c.seq, ENTRIES.c.kind).where(rows_of(person))).all()
    numbers = [row.seq for row in rows]
    for start in range(0, len(numbers), _AT_ONCE):
        connection.execute(delete(ENTRIES).where(ENTRIES.c.seq.in_(numbers[start : start + _AT_ONCE])))
    return Counter(_NAMES.get(row.kind, "other") for row in rows)  # a later version may have written other kinds


def erased_since(connection: Connection, after: int) -> set[str]:
    """The digests of all who were erased by an entry whose number is above ``after``.

    Args:
        connection: to the database of the log.
        after: number (``seq``) of the last entry that the caller knows, 0 for all erasures.

    Returns:
        digests of :func:`script_shared.events.entry.user_digest`.
    """
    query = select(ENTRIES.c.body).where(ENTRIES.c.seq > after, ENTRIES.c.kind == int(Kind.ERASE))
    return {body["digest"] for body in connection.scalars(query)}


def marks_of(person: Person, visits: list[str]) -> list[Entry]:
    """ERASE entries of a person under every name.

    Args:
        person: who is erased.
        visits: the sessions in which that user was seen (``visits_of``), because readers of the log know a visit by its
            session.

    Returns:
        one entry for the person and one for each visit, none written yet; each has a random id and holds a digest, not
        the name.
    """
    names = [person.name, *map(session_name, visits)]
    return [Entry(f"erase-{token_hex(16)}", Kind.ERASE, wall_ms(), body=_digest(name)) for name in names]


def _digest(name: str) -> dict[str, Any]:
    return {"digest": user_digest(name)}
