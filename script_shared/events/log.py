"""The event log behind one small interface: SQLite embedded, PostgreSQL in production, chosen by URI."""

import logging
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from script_shared.events.database.articles import Articles
from script_shared.events.database.connection import LogConnection
from script_shared.events.database.people import Deleted, delete_rows, erased_since, marks_of, rows_of, visits_of
from script_shared.events.database.schema import DAY_KEYS, ENTRIES
from script_shared.events.database.served_lists import ServedLists, delete_of_person, of_person, visits_served
from script_shared.events.entry import Entry, Kind
from script_shared.events.person import Person
from script_shared.events.quarantine import Rule
from script_shared.throttle import yield_cpu

_AT_ONCE = 10_000  # entries pruned in one transaction: on SQLite, other writers wait for it
_READ = 500  # names of users read before the thread may rest
_KEPT = (
    int(Kind.ARTICLE),
    int(Kind.ERASE),
    int(Kind.QUARANTINE),
)  # never pruned by age: what is known, who is forgotten
_PROBE_DAY, _PROBE_BYTES = -1, 65_536  # a day that nobody asks for
_KINDS = frozenset(map(int, Kind))
logger = logging.getLogger("pauta.events")


class EventLog:
    """Append-only entries in one total order.

    An entry has been acknowledged when ``append`` returns: it is on disk then. Numbers are given in commit order:
    SQLite has one writer at a time, and on PostgreSQL every append holds one advisory lock until it has committed.
    So who has seen number n will never be shown a smaller one later, and a tail by number misses nothing.

    Entries of a kind that only a later version knows are skipped, with one warning for each kind: two versions use one
    log during an upgrade.

    Args:
        uri: an SQLAlchemy address, ``sqlite:////folder/events.db`` or ``postgresql+psycopg2://user:password@host/db``.

    Attributes:
        served: lists as they were served, in tables of their own.
        articles: what ARTICLE entries say, merged, in a table of its own.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str) -> None:
        self._store = LogConnection(uri)
        self._transaction, self._lock = self._store.transaction, self._store.lock
        self._insert = sqlite.insert if self._store.dialect == "sqlite" else postgresql.insert
        self.served = ServedLists(self._transaction, self._lock, self._insert)
        self.articles = Articles(self._transaction, self._lock, self._insert)
        self._unknown: set[int] = set()  # kinds of later versions that were met

    @property
    def renewals(self) -> int:
        """How often another log, or an older copy, was found at the address since this process began."""
        return self._store.renewals

    def continue_after(self, number: int) -> None:
        """See that new entries get numbers above this one, which a snapshot knows of an earlier log.

        Raises:
            UnavailableError: the log cannot be used.
        """
        if self._store.continue_after(number):
            logger.warning("the event log ended before entry %d, which is known here: new entries follow that", number)

    def append(self, entries: Sequence[Entry]) -> list[bool]:
        """Write entries durably, all or none.

        Returns:
            for each entry whether it was new; an ``entry_id`` the log has already is left as it is.

        Raises:
            UnavailableError: the log cannot be used; unless it was lost while it answered, nothing was written.
        """
        if not entries:
            return []
        if any(entry.kind == Kind.ARTICLE for entry in entries):
            self.articles.merge()  # what an earlier version wrote, before anybody has to wait for this one
        firsts: dict[str, Entry] = {}
        for entry in entries:
            firsts.setdefault(entry.entry_id, entry)
        statement = (
            self._insert(ENTRIES).on_conflict_do_nothing(index_elements=["entry_id"]).returning(ENTRIES.c.entry_id)
        )
        with self._transaction() as connection:
            self._lock(connection)
            rows = map(_row, self.articles.with_before(connection, list(firsts.values())))
            new = set(connection.scalars(statement, list(rows)))
            self.articles.note(connection, entries)
        return _first_of_each(entries, new)

    def tail(self, after: int, limit: int = 10_000, *, without: Collection[Kind] = ()) -> list[Entry]:
        """The entries whose number is above ``after``, in order, at most ``limit``, kinds in ``without`` left out.

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

    def extract(
        self, after: int, until: int, limit: int, *, kinds: Collection[Kind], since_ms: int | None, until_ms: int | None
    ) -> list[Entry]:
        """Entries of some kinds numbered above ``after`` up to ``until``, in order, at most ``limit``.

        Args:
            since_ms, until_ms: only those that happened from the first up to, not including, the second; None for any.
        """
        query = select(ENTRIES).where(
            ENTRIES.c.seq > after, ENTRIES.c.seq <= until, ENTRIES.c.kind.in_([int(kind) for kind in kinds])
        )
        if since_ms is not None:
            query = query.where(ENTRIES.c.time_ms >= since_ms)
        if until_ms is not None:
            query = query.where(ENTRIES.c.time_ms < until_ms)
        with self._transaction() as connection:
            return [_entry(row) for row in connection.execute(query.order_by(ENTRIES.c.seq).limit(limit))]

    def by_time(
        self, kind: Kind, since_ms: int | None, until_ms: int | None, *, after: tuple[int, int], limit: int
    ) -> list[Entry]:
        """Entries of one kind in the order of time, at most ``limit``.

        Args:
            since_ms, until_ms: from the first up to, not including, the second; None for any.
            after: time and number of the last entry known.
        """
        place = tuple_(ENTRIES.c.time_ms, ENTRIES.c.seq)
        query = select(ENTRIES).where(place > tuple_(*after), ENTRIES.c.kind == int(kind))
        if since_ms is not None:
            query = query.where(ENTRIES.c.time_ms >= since_ms)
        if until_ms is not None:
            query = query.where(ENTRIES.c.time_ms < until_ms)
        with self._transaction() as connection:
            rows = connection.execute(query.order_by(ENTRIES.c.time_ms, ENTRIES.c.seq).limit(limit))
            return [_entry(row) for row in rows]

    def waiting(self, after: int, *, without: Collection[Kind] = (), most: int = 100_000) -> int:
        """How many entries have a number above ``after``, kinds in ``without`` left out; counted up to ``most``."""
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
        """The ERASE and QUARANTINE entries up to number ``until``, in order; what else lasts, :attr:`articles` has."""
        kinds = [int(Kind.ERASE), int(Kind.QUARANTINE)]
        query = select(ENTRIES).where(ENTRIES.c.seq <= until, ENTRIES.c.kind.in_(kinds)).order_by(ENTRIES.c.seq)
        with self._transaction() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def readers(self, until: int, since_ms: int) -> set[str]:
        """Who clicked at ``since_ms`` or later, as far as entries numbered up to ``until`` tell."""
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
            proofs: what an impression's ``proof`` must be.
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

    def find(self, entry_ids: Collection[str]) -> dict[str, Entry]:
        """Those of these entries that the log has, by their ids."""
        query = select(ENTRIES).where(ENTRIES.c.entry_id.in_(list(entry_ids)))
        with self._transaction() as connection:
            return {entry.entry_id: entry for entry in self._entries(connection.execute(query))}

    def clicks_of(self, users: Sequence[str], until: int) -> list[Entry]:
        """The clicks of these users numbered up to ``until``, in order."""
        query = select(ENTRIES).where(
            ENTRIES.c.user_id.in_(users), ENTRIES.c.seq <= until, ENTRIES.c.kind == int(Kind.CLICK)
        )
        with self._transaction() as connection:
            return [_entry(row) for row in connection.execute(query.order_by(ENTRIES.c.seq))]

    def clicks(self, numbers: Sequence[int]) -> list[Entry]:
        """The clicks and logins with these numbers, in order; those that were deleted since are left out."""
        kinds = [int(Kind.CLICK), int(Kind.LOGIN)]
        query = select(ENTRIES).where(ENTRIES.c.seq.in_(numbers), ENTRIES.c.kind.in_(kinds))
        with self._transaction() as connection:
            return [_entry(row) for row in connection.execute(query.order_by(ENTRIES.c.seq))]

    def export(self, name: str) -> list[Entry]:
        """Every entry of one person, in order, then the lists served; of a user also those of visits without one.

        Args:
            name: a user's id, or ``session <id>``.
        """
        person = Person(name)
        query = select(ENTRIES).where(rows_of(person)).order_by(ENTRIES.c.seq)
        with self._transaction() as connection:
            lists = of_person(connection, person, _visits(connection, person))
            return [*self._entries(connection.execute(query)), *(one.entry() for one in lists)]

    def visits(self, name: str) -> list[str]:
        """The sessions in which a user was seen."""
        with self._transaction() as connection:
            return _visits(connection, Person(name))

    def erase(self, name: str) -> Deleted:
        """Delete a person's entries and append ERASE entries, so that every process and later training forgets too.

        A person of whom nothing is found is marked, too: files may know the person.

        Args:
            name: as in ``export``.
        """
        person = Person(name)
        with self._transaction() as connection:
            self._lock(connection)
            visits = _visits(connection, person)
            kinds = delete_rows(connection, person)
            kinds["served"] += delete_of_person(connection, person, visits)
            connection.execute(ENTRIES.insert(), [_row(mark) for mark in marks_of(person, visits)])
        return Deleted(+kinds, len(visits))

    def erased(self, after: int = 0) -> set[str]:
        """The digests of all users erased by an entry whose number is above ``after``."""
        with self._transaction() as connection:
            return erased_since(connection, after)

    def head_fingerprint(self, kinds: Collection[Kind]) -> tuple[int, str]:
        """The last number of these kinds, 0 for none, and a text that changes when what is held of them changes."""
        of_kinds = select(ENTRIES.c.seq, ENTRIES.c.entry_id).where(ENTRIES.c.kind.in_([int(kind) for kind in kinds]))
        with self._transaction() as connection:
            first = connection.execute(of_kinds.order_by(ENTRIES.c.seq).limit(1)).first()
            last = connection.execute(of_kinds.order_by(ENTRIES.c.seq.desc()).limit(1)).first()
        ends = "" if first is None or last is None else f"{first.seq} {first.entry_id} {last.seq} {last.entry_id}"
        return (last.seq if last else 0), sha256(ends.encode()).hexdigest()[:16]

    def prune(self, before_ms: int, until: int) -> int:
        """Delete clicks, impressions and served answers older than ``before_ms``; returns how many.

        Args:
            until: number of the last entry that may go: what comes after it, no snapshot holds yet.
        """
        old = select(ENTRIES.c.seq).where(
            ENTRIES.c.time_ms < before_ms, ENTRIES.c.seq <= until, ENTRIES.c.kind.not_in(_KEPT)
        )
        gone, removed = 0, _AT_ONCE
        while removed == _AT_ONCE:
            with self._transaction() as connection:
                removed = connection.execute(delete(ENTRIES).where(ENTRIES.c.seq.in_(old.limit(_AT_ONCE)))).rowcount
            gone += removed
        return gone

    def quarantined(self) -> list[Entry]:
        """All QUARANTINE entries, in order."""
        query = select(ENTRIES).where(ENTRIES.c.kind == int(Kind.QUARANTINE)).order_by(ENTRIES.c.seq)
        with self._transaction() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def held_by(self, rule: Rule, snapshot_seq: int = 0, most: int = 1_000_000) -> dict[str, int]:
        """How many ``clicks`` and ``impressions`` a rule holds; ``in_release`` are numbered up to ``snapshot_seq``.

        Args:
            most: at most so many entries are looked at, the newest ones.
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
                for entry in filter(rule.holds, map(_entry, some)):
                    counts["clicks" if entry.kind == Kind.CLICK else "impressions"] += 1
                    counts["in_release"] += entry.seq <= snapshot_seq
                yield_cpu()
        return counts

    def day_keys(self, day: int) -> tuple[bytes, bytes]:
        """The random keys of a day, counted from 1970, and of the day before it.

        A day's key is made by the first process that asks for that day, is the same for all, and is deleted two days
        later. The key of the day before is never made here; it is b"" where no process asked on that day.

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
        """Write and delete a row as large as many events, to see whether the log can be written.

        Raises:
            UnavailableError: it cannot.
        """
        row = self._insert(DAY_KEYS).values(day=_PROBE_DAY, key=bytes(_PROBE_BYTES)).on_conflict_do_nothing()
        for statement in (row, delete(DAY_KEYS).where(DAY_KEYS.c.day == _PROBE_DAY)):
            with self._transaction() as connection:
                connection.execute(statement)

    def close(self) -> None:
        """Give the connections back."""
        self._store.close()

    def _entries(self, rows: Iterable[Row[Any]]) -> list[Entry]:
        """The entries in these rows, without those of unknown kinds."""
        entries = []
        for row in rows:
            if row.kind in _KINDS:
                entries.append(_entry(row))
            elif row.kind not in self._unknown:
                self._unknown.add(row.kind)
                logger.warning("the event log has entries of kind %d, which this version skips", row.kind)
        return entries


def _visits(connection: Connection, person: Person) -> list[str]:
    """The sessions in which a user was seen or served, in order; none for a visit."""
    return sorted({*visits_of(connection, person), *visits_served(connection, person)})


def _first_of_each(entries: Sequence[Entry], new: set[str]) -> list[bool]:
    """True for the first entry of every id in ``new``; an id sent twice at once was new once."""
    left, flags = set(new), []
    for entry in entries:
        flags.append(entry.entry_id in left)
        left.discard(entry.entry_id)
    return flags


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "kind": int(entry.kind),
        "time_ms": entry.time_ms,
        "user_id": entry.user_id,
        "article_id": entry.article_id,
        "body": entry.body,
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.entry_id, Kind(row.kind), row.time_ms, row.user_id, row.article_id, row.body, row.seq)
