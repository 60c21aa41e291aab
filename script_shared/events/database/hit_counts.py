"""How often served lists had what was clicked, beside the most read: sums of all processes by time and segment."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from script_shared.events.database.schema import HITS

BUCKET_MS = 15 * 60_000
KEPT_MS = 30 * 86_400_000


class Hits(NamedTuple):
    """Clicks that were credited to an answer, and whose article was in the first 10 places.

    Attributes:
        clicks: all of them.
        served: those whose article the served list had.
        popular: those whose article the most read of the hour before the list had.
    """

    clicks: int = 0
    served: int = 0
    popular: int = 0

    def plus(self, other: "Hits") -> "Hits":
        """The sum of both.

        Args:
            other: of the same kind of time and segment.
        """
        return Hits(*(one + two for one, two in zip(self, other, strict=True)))


Place = tuple[int, str]  # begin of a bucket, epoch milliseconds of the wall clock, and a segment


class HitCounts:
    """The sums of one log database. Both methods raise ``UnavailableError`` while it is unreachable.

    Args:
        transaction: opens a transaction on the database of the log.
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

    def add(self, counts: Mapping[Place, Hits]) -> None:
        """Add to the sums; those of more than 30 days ago are deleted.

        Args:
            counts: by bucket and segment.
        """
        if not counts:
            return
        rows = [{"bucket_ms": at, "segment": name, **hits._asdict()} for (at, name), hits in counts.items()]
        new = self._insert(HITS)
        sums = {name: HITS.c[name] + new.excluded[name] for name in Hits._fields}
        with self._transaction() as connection:
            self._lock(connection)
            connection.execute(new.on_conflict_do_update(index_elements=["bucket_ms", "segment"], set_=sums), rows)
            newest = max(at for at, _ in counts)
            connection.execute(delete(HITS).where(HITS.c.bucket_ms < newest - KEPT_MS))

    def since(self, since_ms: int) -> dict[Place, Hits]:
        """The sums from a time on.

        Args:
            since_ms: epoch milliseconds of the wall clock.

        Returns:
            The sums by bucket and segment, in the order of time.
        """
        wanted = select(HITS).where(HITS.c.bucket_ms >= since_ms).order_by(HITS.c.bucket_ms, HITS.c.segment)
        with self._transaction() as connection:
            rows = connection.execute(wanted)
            return {(row.bucket_ms, row.segment): Hits(row.clicks, row.served, row.popular) for row in rows}
