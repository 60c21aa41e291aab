"""The record of decisions in the database of the log: a chain of entries that are only added."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from hashlib import sha256
from hmac import new as hmac
from secrets import token_bytes
from typing import Any

from sqlalchemy import Connection, func, insert, select

from script_shared.decisions.decision import FIRST, Decision, Entry
from script_shared.events.database.schema import AUDIT, AUDIT_KEY

_PAGE = 1_000


class AuditTable:
    """The record of one log database. Every method raises ``UnavailableError`` while it is unreachable.

    Args:
        transaction: opens a transaction on the database of the log.
        lock: excludes other writers until the commit, so that two never continue the same entry.
    """

    def __init__(
        self, transaction: Callable[[], AbstractContextManager[Connection]], lock: Callable[[Connection], None]
    ) -> None:
        self._transaction, self._lock = transaction, lock

    def append(self, decision: Decision) -> Entry:
        """Add an entry; a decision that is already in the record changes nothing.

        Args:
            decision: recognised by its ``entry_id``.
        """
        with self._transaction() as connection:
            self._lock(connection)
            found = connection.execute(select(AUDIT).where(AUDIT.c.entry_id == decision.entry_id)).first()
            return Entry(**found._mapping) if found is not None else append_in(connection, decision)

    def read(
        self,
        *,
        what: str | None = None,
        who: str | None = None,
        use_case: str | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        before: int | None = None,
        limit: int = 1_000,
    ) -> list[Entry]:
        """Entries, newest first; ``before`` is the number of the last entry of the previous page.

        Args:
            what: only decisions of this kind.
            who: only those of this person or process.
            use_case: only those about this use case.
            since_ms: only those from this moment on, epoch milliseconds, UTC.
            until_ms: only those before this moment, epoch milliseconds, UTC.
            before: only entries with a lower number, for the next page.
            limit: entries at most.
        """
        equal = {AUDIT.c.what: what, AUDIT.c.who: who, AUDIT.c.use_case: use_case}
        wanted: list[Any] = [column == value for column, value in equal.items() if value is not None]
        wanted += [AUDIT.c.at_ms >= since_ms] if since_ms is not None else []
        wanted += [AUDIT.c.at_ms < until_ms] if until_ms is not None else []
        wanted += [AUDIT.c.number < before] if before is not None else []
        query = select(AUDIT).where(*wanted).order_by(AUDIT.c.number.desc()).limit(limit)
        with self._transaction() as connection:
            return [Entry(**row._mapping) for row in connection.execute(query)]

    def newest(self, after: int = 0) -> tuple[int, dict[tuple[str, str], int]]:
        """The time of the newest entry of each kind and use case.

        Args:
            after: only entries with a higher number.

        Returns:
            Number of the newest entry, and times by kind and use case, epoch milliseconds.
        """
        query = (
            select(AUDIT.c.what, AUDIT.c.use_case, func.max(AUDIT.c.at_ms), func.max(AUDIT.c.number))
            .where(AUDIT.c.number > after)
            .group_by(AUDIT.c.what, AUDIT.c.use_case)
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        times = {(str(what), str(use_case)): int(at_ms) for what, use_case, at_ms, _ in rows}
        return max([after, *(int(row[3]) for row in rows)]), times

    def end(self) -> tuple[int, str]:
        """Number and hash of the newest entry; 0 and "" for an empty record."""
        with self._transaction() as connection:
            return _end_in(connection)

    def hash_of(self, number: int) -> str:
        """The hash of an entry; "" if there is none.

        Args:
            number: of the entry.
        """
        with self._transaction() as connection:
            return str(connection.scalar(select(AUDIT.c.hash).where(AUDIT.c.number == number)) or "")

    def chain(self) -> Iterator[Entry]:
        """Every entry, oldest first."""
        after = 0
        while True:
            query = select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(_PAGE)
            with self._transaction() as connection:
                page = [Entry(**row._mapping) for row in connection.execute(query)]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].number

    def pseudonym(self, name: str) -> str:
        """The record's name of a person: an HMAC under a random key of this database, which no answer contains.

        Args:
            name: of a user, student or candidate.
        """
        with self._transaction() as connection:
            self._lock(connection)
            key = key_in(connection)
        return hmac(key, name.encode("utf-8", "replace"), sha256).hexdigest()[:32]


def key_in(connection: Connection, *, make: bool = True) -> bytes:
    """The random key of this database, empty if there is none.

    Args:
        connection: of a transaction.
        make: whether a missing key is made; then the transaction holds the lock.
    """
    key = connection.scalar(select(AUDIT_KEY.c.key))
    if key is None and make:
        key = token_bytes(32)
        connection.execute(insert(AUDIT_KEY), [{"number": 1, "key": key}])
    return bytes(key or b"")


def append_in(connection: Connection, decision: Decision) -> Entry:
    """Add an entry within a transaction that holds the lock.

    Args:
        connection: of the transaction.
        decision: that is not in the record yet.
    """
    last, digest = _end_in(connection)
    bare = Entry(number=last + 1, previous=digest or FIRST, **decision.plain())
    entry = replace(bare, hash=bare.digest())
    connection.execute(insert(AUDIT), [asdict(entry)])
    return entry


def _end_in(connection: Connection) -> tuple[int, str]:
    query = select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1)
    last = connection.execute(query).first()
    return (int(last.number), str(last.hash)) if last is not None else (0, "")
