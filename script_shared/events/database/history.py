"""Entries of the past, by kind, time and user: for trainings, exports, and processes that start."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, func, select, tuple_

from script_shared.events.database.rows import entry_of
from script_shared.events.database.schema import ENTRIES
from script_shared.events.entry import Entry, Kind
from script_shared.events.quarantine import Rule
from script_shared.throttle import yield_cpu

_READ = 500  # rows read before the thread may rest


class History:
    """Reads entries of the log.

    Args:
        transaction: as of :class:`script_shared.events.database.connection.LogConnection`.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction

    def extract(
        self, after: int, until: int, limit: int, *, kinds: Collection[Kind], since_ms: int | None, until_ms: int | None
    ) -> list[Entry]:
        """Entries of some kinds numbered above ``after`` up to ``until``, in order, at most ``limit``.

        Args:
            after: number of the last entry known, 0 for none.
            until: number of the last entry wanted.
            limit: entries at most.
            kinds: those that are wanted.
            since_ms: only entries that happened at this moment or later, epoch milliseconds, UTC; None for any.
            until_ms: only entries that happened before this moment, epoch milliseconds, UTC; None for any.
        """
        query = select(ENTRIES).where(
            ENTRIES.c.seq > after, ENTRIES.c.seq <= until, ENTRIES.c.kind.in_([int(kind) for kind in kinds])
        )
        if since_ms is not None:
            query = query.where(ENTRIES.c.time_ms >= since_ms)
        if until_ms is not None:
            query = query.where(ENTRIES.c.time_ms < until_ms)
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(query.order_by(ENTRIES.c.seq).limit(limit))]

    def clicks_by_hour(self, since_ms: int, until_ms: int) -> list[tuple[str, int, int]]:
        """Article, hour since 1970, and number of clicks, for each article and hour with any.

        Args:
            since_ms: from this moment on, epoch milliseconds, UTC.
            until_ms: before this moment.
        """
        hour = ENTRIES.c.time_ms // 3_600_000
        query = (
            select(ENTRIES.c.article_id, hour, func.count())
            .where(ENTRIES.c.kind == int(Kind.CLICK), ENTRIES.c.time_ms >= since_ms, ENTRIES.c.time_ms < until_ms)
            .group_by(ENTRIES.c.article_id, hour)
        )
        with self._transaction() as connection:
            return [(article, int(at), int(clicks)) for article, at, clicks in connection.execute(query)]

    def by_time(
        self, kind: Kind, since_ms: int | None, until_ms: int | None, *, after: tuple[int, int], limit: int
    ) -> list[Entry]:
        """Entries of one kind in the order of time, at most ``limit``.

        Args:
            kind: the one that is wanted.
            since_ms: only entries that happened at this moment or later, epoch milliseconds, UTC; None for any.
            until_ms: only entries that happened before this moment, epoch milliseconds, UTC; None for any.
            after: time and number of the last entry known.
            limit: entries at most.
        """
        place = tuple_(ENTRIES.c.time_ms, ENTRIES.c.seq)
        query = select(ENTRIES).where(place > tuple_(*after), ENTRIES.c.kind == int(kind))
        if since_ms is not None:
            query = query.where(ENTRIES.c.time_ms >= since_ms)
        if until_ms is not None:
            query = query.where(ENTRIES.c.time_ms < until_ms)
        with self._transaction() as connection:
            rows = connection.execute(query.order_by(ENTRIES.c.time_ms, ENTRIES.c.seq).limit(limit))
            return [entry_of(row) for row in rows]

    def readers(self, until: int, since_ms: int) -> set[str]:
        """The users who clicked at ``since_ms`` or later, in entries numbered up to ``until``.

        Args:
            until: number of the last entry that counts.
            since_ms: epoch milliseconds.

        Returns:
            User ids; clicks without a user name nobody.
        """
        query = select(ENTRIES.c.user_id).where(
            ENTRIES.c.time_ms >= since_ms, ENTRIES.c.seq <= until, ENTRIES.c.kind == int(Kind.CLICK)
        )
        found: set[str] = set()
        with self._transaction() as connection:
            for some in connection.scalars(query.distinct()).partitions(_READ):
                found.update(some)
                yield_cpu()
        return found - {""}

    def shown_often(self, until: int, since_ms: int, least: int, proofs: Collection[str]) -> list[tuple[str, str, int]]:
        """User, article and count of what was shown to a user at least so often since, up to number ``until``.

        Args:
            until: number of the last entry that counts.
            since_ms: only impressions from this moment on, epoch milliseconds, UTC.
            least: impressions of an article to a user.
            proofs: what an impression's ``proof`` must be.

        Returns:
            user id, article id and count.
        """
        times = func.count()
        query = select(ENTRIES.c.user_id, ENTRIES.c.article_id, times).where(
            ENTRIES.c.time_ms >= since_ms,
            ENTRIES.c.seq <= until,
            ENTRIES.c.kind == int(Kind.IMPRESSION),
            ENTRIES.c.user_id != "",
            ENTRIES.c.body["proof"].as_string().in_(proofs),
        )
        often = query.group_by(ENTRIES.c.user_id, ENTRIES.c.article_id).having(times >= least)
        with self._transaction() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(often)]

    def clicks_of(self, users: Sequence[str], until: int) -> list[Entry]:
        """The clicks of these users numbered up to ``until``, in order.

        Args:
            users: user ids.
            until: number of the last entry that counts.
        """
        query = select(ENTRIES).where(
            ENTRIES.c.user_id.in_(users), ENTRIES.c.seq <= until, ENTRIES.c.kind == int(Kind.CLICK)
        )
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(query.order_by(ENTRIES.c.seq))]

    def of_visits(self, numbers: Sequence[int]) -> list[Entry]:
        """The clicks, logins and erasures with these numbers, in order; those that were deleted since are left out.

        Args:
            numbers: ``seq`` of entries; ask in batches, because databases limit the variables of a statement.
        """
        kinds = [int(Kind.CLICK), int(Kind.LOGIN), int(Kind.ERASE)]
        query = select(ENTRIES).where(ENTRIES.c.seq.in_(numbers), ENTRIES.c.kind.in_(kinds))
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(query.order_by(ENTRIES.c.seq))]

    def quarantines(self) -> list[Entry]:
        """All QUARANTINE entries, in order."""
        query = select(ENTRIES).where(ENTRIES.c.kind == int(Kind.QUARANTINE)).order_by(ENTRIES.c.seq)
        with self._transaction() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def held_by(self, rule: Rule, snapshot_seq: int = 0, most: int = 1_000_000) -> dict[str, int]:
        """How many ``clicks`` and ``impressions`` a rule holds; ``in_release`` are numbered up to ``snapshot_seq``.

        Args:
            rule: a rule of the quarantine, in force or not.
            snapshot_seq: number of the last entry in the release's live state.
            most: at most so many entries are looked at, the newest ones.

        Returns:
            counts by ``clicks``, ``impressions`` and ``in_release``.
        """
        query = select(ENTRIES).where(
            ENTRIES.c.time_ms.between(rule.from_ms, rule.until_ms),
            ENTRIES.c.kind.in_([int(Kind.CLICK), int(Kind.IMPRESSION)]),
        )
        counts = {"clicks": 0, "impressions": 0, "in_release": 0}
        with self._transaction() as connection:
            rows = connection.execution_options(yield_per=_READ).execute(
                query.order_by(ENTRIES.c.seq.desc()).limit(most)
            )
            for some in rows.partitions(_READ):
                for entry in filter(rule.holds, map(entry_of, some)):
                    counts["clicks" if entry.kind == Kind.CLICK else "impressions"] += 1
                    counts["in_release"] += entry.seq <= snapshot_seq
                yield_cpu()
        return counts
