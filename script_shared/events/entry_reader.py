"""Reads the entries of an event log by number, by kind and by id."""

import logging
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, func, select

from script_shared.events.database.connection import LogConnection
from script_shared.events.database.rows import entry_of
from script_shared.events.database.schema import ENTRIES
from script_shared.events.entry import Entry, Kind

_KINDS = frozenset(map(int, Kind))
logger = logging.getLogger("pauta.events")


class EntryReader:
    """The part of an event log that only reads.

    Entries of a kind that only a later version knows are skipped, with one warning for each kind: two versions use one
    log during an upgrade.

    Args:
        store: connections to the database of the log.
    """

    def __init__(self, store: LogConnection) -> None:
        self._store, self._transaction = store, store.transaction
        self._unknown: set[int] = set()  # kinds of later versions that were met

    def tail(self, after: int, limit: int = 10_000, *, without: Collection[Kind] = ()) -> list[Entry]:
        """The entries whose number is above ``after``, in order, at most ``limit``, kinds in ``without`` left out.

        Args:
            after: number of the last entry known, 0 for none.
            limit: entries at most.
            without: kinds to leave out; those that this version does not know are left out, too.

        Raises:
            UnavailableError: the log cannot be reached.
        """
        left_out = {*map(int, without), *self._unknown}
        query = select(ENTRIES).where(ENTRIES.c.seq > after).order_by(ENTRIES.c.seq).limit(limit)
        if left_out:
            query = query.where(ENTRIES.c.kind.not_in(sorted(left_out)))
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        if rows:
            self._store.note(rows[-1].seq, rows[-1].entry_id)
        entries = self._entries(rows)
        if rows and not entries:  # all are of unknown kinds, which the next query leaves out
            return self.tail(after, limit, without=without)
        return entries

    def waiting(self, after: int, *, without: Collection[Kind] = (), most: int = 100_000) -> int:
        """How many entries have a number above ``after``, kinds in ``without`` left out; counted up to ``most``.

        Args:
            after: number of the last entry known, 0 for none.
            without: kinds to leave out.
            most: where counting stops.
        """
        found = select(ENTRIES.c.seq).where(
            ENTRIES.c.seq > after, ENTRIES.c.kind.not_in(sorted({*map(int, without), *self._unknown}))
        )
        with self._transaction() as connection:
            return int(connection.scalar(select(func.count()).select_from(found.limit(most).subquery())) or 0)

    def head(self) -> int:
        """The newest number, 0 for an empty log."""
        with self._transaction() as connection:
            return int(connection.scalar(select(func.coalesce(func.max(ENTRIES.c.seq), 0))) or 0)

    def permanent_entries(self, until: int) -> list[Entry]:
        """The ERASE and QUARANTINE entries up to number ``until``, in order; what else lasts, :attr:`articles` has.

        Args:
            until: number of the last entry wanted.
        """
        kinds = [int(Kind.ERASE), int(Kind.QUARANTINE)]
        query = select(ENTRIES).where(ENTRIES.c.seq <= until, ENTRIES.c.kind.in_(kinds)).order_by(ENTRIES.c.seq)
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def find(self, entry_ids: Collection[str]) -> dict[str, Entry]:
        """Those of these entries that the log has, by their ids.

        Args:
            entry_ids: ask in batches, because databases limit the variables of a statement.

        Returns:
            entries by their id.
        """
        query = select(ENTRIES).where(ENTRIES.c.entry_id.in_(list(entry_ids)))
        with self._transaction() as connection:
            return {entry.entry_id: entry for entry in self._entries(connection.execute(query))}

    def _entries(self, rows: Iterable[Row[Any]]) -> list[Entry]:
        """The entries in these rows, without those of unknown kinds."""
        entries = []
        for row in rows:
            if row.kind in _KINDS:
                entries.append(entry_of(row))
            elif row.kind not in self._unknown:
                self._unknown.add(row.kind)
                logger.warning("the event log has entries of kind %d, which this version skips", row.kind)
        return entries
