"""The random keys of days, the same for all processes of one log."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from secrets import token_bytes
from typing import Any

from sqlalchemy import Connection, delete, select

from script_shared.events.database.schema import DAY_KEYS

_PROBE_DAY, _PROBE_BYTES = -1, 65_536  # a day that nobody asks for


class DayKeyTable:
    """The keys of one log database.

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

    def of(self, day: int) -> tuple[bytes, bytes]:
        """The random keys of a day, counted from 1970, and of the day before it.

        A day's key is made by the first process that asks for that day, is the same for all, and is deleted two days
        later. The key of the day before is never made here; it is b"" where no process asked on that day.

        Args:
            day: days since 1970-01-01.

        Returns:
            32 bytes each; the second may be b"".

        Raises:
            UnavailableError: the log cannot be reached.
        """
        new = self._insert(DAY_KEYS).values(day=day, key=token_bytes(32)).on_conflict_do_nothing()
        with self._transaction() as connection:
            self._lock(connection)
            connection.execute(new)
            connection.execute(delete(DAY_KEYS).where(DAY_KEYS.c.day < day - 1))
            rows = connection.execute(select(DAY_KEYS.c.day, DAY_KEYS.c.key).where(DAY_KEYS.c.day.in_([day, day - 1])))
            keys = {row.day: bytes(row.key) for row in rows}
        return keys[day], keys.get(day - 1, b"")

    def probe(self) -> None:
        """Write and delete a row as large as many events, to see whether the database can be written.

        Raises:
            UnavailableError: it cannot.
        """
        row = self._insert(DAY_KEYS).values(day=_PROBE_DAY, key=bytes(_PROBE_BYTES)).on_conflict_do_nothing()
        for statement in (row, delete(DAY_KEYS).where(DAY_KEYS.c.day == _PROBE_DAY)):
            with self._transaction() as connection:
                connection.execute(statement)
