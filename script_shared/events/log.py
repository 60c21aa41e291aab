"""The event log behind one small interface: SQLite embedded, PostgreSQL in production, chosen by URI."""

import logging
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from script_shared.events.configurations import ConfigurationTable
from script_shared.events.database.about import append_about, first_of_each, head_fingerprint
from script_shared.events.database.articles import Articles
from script_shared.events.database.audit import AuditTable
from script_shared.events.database.connection import LogConnection
from script_shared.events.database.day_keys import DayKeyTable
from script_shared.events.database.experiments.table import ExperimentTable
from script_shared.events.database.history import History
from script_shared.events.database.hit_counts import HitCounts
from script_shared.events.database.people import Deletion, delete_rows, erased_since, marks_of, rows_of, visits_of
from script_shared.events.database.rows import row_of
from script_shared.events.database.schema import ENTRIES
from script_shared.events.database.served_lists import ServedLists, delete_of_person, of_person, visits_served
from script_shared.events.database.superseded import SupersededPosts
from script_shared.events.database.tokens import TokenTable
from script_shared.events.entry import Entry, Kind
from script_shared.events.entry_reader import EntryReader
from script_shared.events.insertion import WriteResult, insert_entries, place_entries
from script_shared.events.person import Person
from script_shared.events.rule_table import RuleTable

_AT_ONCE = 10_000  # entries pruned in one transaction: on SQLite, other writers wait for it
_KEPT = tuple(map(int, (Kind.ARTICLE, Kind.ERASE, Kind.QUARANTINE)))  # never pruned by age: articles, erasures
logger = logging.getLogger("pauta.events")


class EventLog(EntryReader):
    """Append-only entries in one total order.

    An entry has been acknowledged when ``append`` returns: it is on disk then. Numbers are given in commit order:
    SQLite has one writer at a time, and on PostgreSQL every append holds one advisory lock until it has committed.
    So who has seen number n will never be shown a smaller one later, and a tail by number misses nothing.

    Args:
        uri: an SQLAlchemy address, ``sqlite:////folder/events.db`` or ``postgresql+psycopg2://user:password@host/db``.

    Attributes:
        served: lists as they were served, in tables of their own.
        articles: what ARTICLE entries say, merged, in a table of its own.
        superseded: posts that later posts replaced, which are dropped by age.
        history: entries of the past, by kind, time and user.
        day_keys: the random keys of days.
        hits: how often served lists had what was clicked, by time and segment.
        tokens: named tokens, and logins in browsers.
        audit: the record of decisions.
        configurations: settings and params that processes recorded last.
        rules: the rules of editors.
        experiments: the versions of experiments.

    Raises:
        SettingsError: the address cannot be understood.
    """

    def __init__(self, uri: str) -> None:
        super().__init__(LogConnection(uri))
        self._lock = self._store.lock
        self._insert = sqlite.insert if self._store.dialect == "sqlite" else postgresql.insert
        self.served = ServedLists(self._transaction, self._lock, self._insert)
        self.articles = Articles(self._transaction, self._lock, self._insert)
        self.day_keys = DayKeyTable(self._transaction, self._lock, self._insert)
        self.hits = HitCounts(self._transaction, self._lock, self._insert)
        self.superseded = SupersededPosts(self._transaction, self.articles.entries)
        self.tokens = TokenTable(self._transaction, self._lock)
        self.audit = AuditTable(self._transaction, self._lock)
        self.configurations = ConfigurationTable(self._transaction, self._lock)
        self.rules = RuleTable(self._transaction, self._lock)
        self.experiments = ExperimentTable(self._transaction, self._lock)
        self.history = History(self._transaction)

    @property
    def renewals(self) -> int:
        """How often another log, or an older copy, was found at the address since this process began."""
        return self._store.renewals

    def continue_after(self, number: int) -> None:
        """See that new entries get numbers above this one, which a snapshot knows of an earlier log.

        Args:
            number: ``seq`` that a snapshot knows.

        Raises:
            UnavailableError: the log cannot be used.
        """
        if self._store.continue_after(number):
            logger.warning("the event log ended before entry %d, which is known here: new entries follow that", number)

    def append(self, entries: Sequence[Entry]) -> list[bool]:
        """Write entries durably, all or none.

        Args:
            entries: their ``seq`` is not used.

        Returns:
            for each entry whether it was new; an ``entry_id`` the log has already is left as it is.

        Raises:
            UnavailableError: the log cannot be used; unless it was lost while it answered, nothing was written.
        """
        return self.write(entries).flags

    def write(self, entries: Sequence[Entry]) -> WriteResult:
        """The same, but also returns the new entries with their numbers, so that they need not be read back.

        Args:
            entries: their ``seq`` is not used.

        Raises:
            UnavailableError: the log cannot be used; unless it was lost while it answered, nothing was written.
        """
        if not entries:
            return WriteResult([])
        if posts := any(entry.kind == Kind.ARTICLE for entry in entries):
            self.articles.merge()  # what an earlier version wrote, before anybody has to wait for this one
        firsts: dict[str, Entry] = {}
        for entry in entries:
            firsts.setdefault(entry.entry_id, entry)
        with self._transaction() as connection:
            self._lock(connection)
            if posts:
                firsts = {post.entry_id: post for post in self.articles.with_before(connection, list(firsts.values()))}
            after, numbers = insert_entries(connection, firsts)
            self.articles.note(connection, entries)
        if numbers:
            self._store.note(*numbers[-1])
        flags = first_of_each(entries, {entry_id for _, entry_id in numbers})
        return WriteResult(flags, after, [] if posts else place_entries(firsts, numbers))

    def append_about(self, entry_id: str, entries: Sequence[Entry]) -> bool:
        """Write entries that delete or replace an entry, all or none; see ``append_about`` of the module ``about``.

        Args:
            entry_id: of the entry that is deleted or replaced.
            entries: what to write.

        Raises:
            UnavailableError: the log cannot be used.
        """
        with self._transaction() as connection:
            self._lock(connection)
            return append_about(connection, entry_id, entries)

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
        """The sessions in which a user was seen.

        Args:
            name: id of the user.
        """
        with self._transaction() as connection:
            return _visits(connection, Person(name))

    def erase(self, name: str) -> Deletion:
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
            connection.execute(ENTRIES.insert(), [row_of(mark) for mark in marks_of(person, visits)])
        return Deletion(+kinds, len(visits))

    def erased_digests(self, after: int = 0) -> set[str]:
        """The digests of all users erased by an entry whose number is above ``after``.

        Args:
            after: number of the last entry known, 0 for all erasures.
        """
        with self._transaction() as connection:
            return erased_since(connection, after)

    def head_fingerprint(self, kinds: Collection[Kind]) -> tuple[int, str]:
        """The last number of these kinds, 0 for none, and a text that changes when what is held of them changes.

        Args:
            kinds: the kinds that count.

        Returns:
            ``seq``, and 16 hex characters.
        """
        with self._transaction() as connection:
            return head_fingerprint(connection, kinds)

    def prune(self, before_ms: int, until: int) -> int:
        """Delete clicks, impressions and served answers older than ``before_ms``; returns how many.

        Args:
            before_ms: epoch milliseconds, UTC.
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

    def probe(self) -> None:
        """Check that the log can be written; an ``UnavailableError`` says that it cannot."""
        self.day_keys.probe()

    def close(self) -> None:
        """Give the connections back."""
        self._store.close()


def _visits(connection: Connection, person: Person) -> list[str]:
    """The sessions in which a user was seen or served, in order; none for a visit."""
    return sorted({*visits_of(connection, person), *visits_served(connection, person)})
