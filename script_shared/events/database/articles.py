"""The merged posts about each article, without its text, in their own table of the log database."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, select

from script_shared.events.database.rows import entry_of
from script_shared.events.database.schema import ARTICLES, ENTRIES
from script_shared.events.entry import Entry, Kind
from script_shared.times import epoch_ms

FACTS = ("title", "url", "section", "region", "issued_ms", "embargo_ms", "expires_ms", "hidden", "taken_down", "tags")
BEFORE = "before"  # in an ARTICLE entry: what the entries before it said, so that nobody needs to remember old articles
FOREVER = 1 << 62  # needed at any time
_TOGETHER = 500  # entries merged in one transaction
_AT_ONCE = 1_000  # names in one statement


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """All that was posted about one article but its text and its vector.

    Attributes:
        first_seq, last_seq: numbers of the first and the last entry about it.
        posted_ms: time of the first entry, epoch milliseconds.
        facts: by the names in ``FACTS``, as posted; what was never posted is missing.
        text_seq, vector_seq: numbers of the last entries with a text and with a vector, 0 for none.
    """

    article_id: str
    first_seq: int
    last_seq: int
    posted_ms: int
    facts: dict[str, Any] = field(default_factory=dict)
    text_seq: int = 0
    vector_seq: int = 0

    def after(self, entry: Entry) -> "ArticleRow":
        """The same after one more entry about it; what the entry does not say stays as it was.

        Args:
            entry: an ARTICLE entry with its number.
        """
        said = {name: entry.body[name] for name in FACTS if name in entry.body}
        return replace(
            self,
            last_seq=entry.seq,
            facts={**self.facts, **said},
            text_seq=entry.seq if "text" in entry.body else self.text_seq,
            vector_seq=entry.seq if "vector" in entry.body else self.vector_seq,
        )

    @property
    def needed_ms(self) -> int:
        """A moment after which it is not needed once articles of that age have expired.

        Withdrawn articles are always needed, and those that editors let expire: a release may know the article.
        """
        said = self.facts.get
        withdrawn = said("hidden") or said("taken_down") or said("expires_ms") is not None
        return FOREVER if withdrawn else self.begins_ms

    @property
    def begins_ms(self) -> int:
        """From when on it may be shown, if nobody withdrew it: its publication or the end of its embargo."""
        said = self.facts.get
        issued_ms = _time(said("issued_ms"), self.posted_ms)
        return max(issued_ms, _time(said("embargo_ms"), FOREVER)) if said("embargo_ms") is not None else issued_ms

    @property
    def before(self) -> dict[str, Any]:
        """As the next entry about it says it."""
        return {**self.facts, "posted_ms": self.posted_ms}


class Articles:
    """The table of one log database; entries that are not in it yet, such as an earlier version's, are merged first.

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

    def merge(self) -> None:
        """Merge what the log has and the table has not, a little at a time."""
        while self._waits():
            with self._transaction() as connection:
                self._lock(connection)
                self._merge_some(connection)

    def with_before(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """The entries, those about known articles with what was said before; in a transaction that has the lock.

        Args:
            connection: in a transaction that has the lock of the log.
            entries: of any kind, not written yet.

        Returns:
            all entries in their order; those about known articles hold what was said before under ``before``.
        """
        posts = [entry for entry in entries if entry.kind == Kind.ARTICLE]
        if not posts:
            return list(entries)
        self._merge_all(connection)
        rows = _rows(connection, {post.article_id for post in posts})
        found = []
        for entry in entries:
            if entry.kind == Kind.ARTICLE:
                row = rows.get(entry.article_id)
                rows[entry.article_id] = _merge_post(row, entry)
                entry = replace(entry, body={**entry.body, BEFORE: row.before}) if row is not None else entry
            found.append(entry)
        return found

    def note(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Merge entries that were written in this transaction.

        Args:
            connection: in the transaction that wrote them.
            entries: of any kind; only posts are merged.
        """
        if any(entry.kind == Kind.ARTICLE for entry in entries):
            self._merge_all(connection)

    def needed_rows(self, since_ms: int, until: int) -> list[ArticleRow]:
        """Articles first posted up to number ``until`` that may be shown or must not be, in the order of their posts.

        Args:
            since_ms: epoch milliseconds, UTC; articles that were published before have expired.
            until: number of the last entry that counts.
        """
        query = select(ARTICLES).where(ARTICLES.c.needed_ms >= since_ms, ARTICLES.c.first_seq <= until)
        with self._transaction() as connection:
            return [_row_of(row) for row in connection.execute(query.order_by(ARTICLES.c.first_seq))]

    def rows_of(self, article_ids: Collection[str], until: int) -> list[ArticleRow]:
        """The articles among these that were first posted up to number ``until``, in the order of their posts.

        Args:
            article_ids: as the site names them.
            until: number of an entry.
        """
        with self._transaction() as connection:
            rows = _rows(connection, article_ids) if connection.scalar(select(ARTICLES.c.first_seq).limit(1)) else {}
        return sorted((row for row in rows.values() if row.first_seq <= until), key=lambda row: row.first_seq)

    def posts(self, article_ids: Collection[str], until: int) -> list[Entry]:
        """All entries about these articles up to number ``until``, in order.

        Args:
            article_ids: as the site names them.
            until: number of an entry.
        """
        wanted, found = set(article_ids), []
        numbers = select(ENTRIES.c.seq, ENTRIES.c.article_id).where(is_article(), ENTRIES.c.seq <= until)
        with self._transaction() as connection:
            found = [row.seq for row in connection.execute(numbers) if row.article_id in wanted] if wanted else []
        return [entry for some in self.entries(found) for entry in some]

    def entries(self, numbers: Collection[int], at_once: int = 100) -> Iterator[list[Entry]]:
        """The entries with these numbers, in order, with their texts, a few at a time.

        Args:
            numbers: of entries, in any order.
            at_once: entries in each list at most.
        """
        left = iter(sorted(numbers))
        while some := list(islice(left, at_once)):
            query = select(ENTRIES).where(ENTRIES.c.seq.in_(some)).order_by(ENTRIES.c.seq)
            with self._transaction() as connection:
                yield [entry_of(row) for row in connection.execute(query)]

    def _waits(self) -> bool:
        with self._transaction() as connection:
            query = select(ENTRIES.c.seq).where(is_article(), ENTRIES.c.seq > _last(connection))
            return connection.scalar(query.limit(1)) is not None

    def _merge_all(self, connection: Connection) -> None:
        while self._merge_some(connection) == _TOGETHER:
            pass

    def _merge_some(self, connection: Connection) -> int:
        query = select(ENTRIES).where(is_article(), ENTRIES.c.seq > _last(connection))
        found = connection.execute(query.order_by(ENTRIES.c.seq).limit(_TOGETHER))
        entries = [entry_of(row) for row in found]
        if not entries:
            return 0
        rows = _rows(connection, {entry.article_id for entry in entries})
        for entry in entries:
            rows[entry.article_id] = _merge_post(rows.get(entry.article_id), entry)
        statement = self._insert(ARTICLES)
        changed = {column.name: statement.excluded[column.name] for column in ARTICLES.c if not column.primary_key}
        statement = statement.on_conflict_do_update(index_elements=["article_id"], set_=changed)
        connection.execute(statement, [_row_values(row) for row in rows.values()])
        return len(entries)


def is_article() -> ColumnElement[bool]:
    """Written without a parameter, because SQLite uses a partial index only where it finds the same condition."""
    return ENTRIES.c.kind == literal_column(str(int(Kind.ARTICLE)))


def _last(connection: Connection) -> int:
    return int(connection.scalar(select(func.coalesce(func.max(ARTICLES.c.last_seq), 0))) or 0)


def _merge_post(row: ArticleRow | None, entry: Entry) -> ArticleRow:
    posted_ms = entry.body.get(BEFORE, {}).get("posted_ms", entry.time_ms)  # earlier posts may have left the log
    return (row or ArticleRow(entry.article_id, entry.seq, entry.seq, posted_ms)).after(entry)


def _rows(connection: Connection, article_ids: Collection[str]) -> dict[str, ArticleRow]:
    found: dict[str, ArticleRow] = {}
    left = iter(article_ids)
    while some := list(islice(left, _AT_ONCE)):
        rows = connection.execute(select(ARTICLES).where(ARTICLES.c.article_id.in_(some)))
        found.update((row.article_id, _row_of(row)) for row in rows)
    return found


def _row_of(row: Row[Any]) -> ArticleRow:
    numbers = (row.first_seq, row.last_seq, row.posted_ms)
    return ArticleRow(row.article_id, *numbers, row.facts, row.text_seq, row.vector_seq)


def _row_values(row: ArticleRow) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in ARTICLES.c}


def _time(value: object, otherwise: int) -> int:
    """A time as it was posted, ``otherwise`` for what is none."""
    try:
        return epoch_ms(value)
    except ValueError:
        return otherwise
