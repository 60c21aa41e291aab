"""Queries of a live state: which articles are alive, what a user read, what a user was shown."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import IntArray
from script_shared.news.counting.impressions import ImpressionCounts
from script_shared.news.state.articles import Articles
from script_shared.news.state.reader_history import ReaderHistories, reader_key


class StateQueries:
    """Queries of a live state; articles are given by their rows."""

    articles: Articles
    readers: ReaderHistories
    shown: ImpressionCounts
    now_ms: int

    def session_of(self, user: str, session: str, now_ms: int | None = None) -> IntArray:
        """Rows read in the visit under way, latest first."""
        visit, _ = self.reads_of(user, session, self.now_ms if now_ms is None else now_ms)
        return visit

    def history_of(self, user: str, session: str = "") -> IntArray:
        """Rows the user read and that are still alive, latest first."""
        return self.read_rows(user, session)

    def read_rows(self, user: str, session: str = "") -> IntArray:
        """The same; an article read twice is named twice."""
        place = self.readers.find(reader_key(user, session))
        return self.rows_of(self.readers.reads(place)) if place >= 0 else np.zeros(0, np.int64)

    def reads_of(self, user: str, session: str, now_ms: int) -> tuple[IntArray, IntArray]:
        """Rows of the visit under way and rows of earlier visits, each latest first, at most 64 reads back."""
        place = self.readers.find(reader_key(user, session))
        if place < 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        same = self.readers.same_visit(place, session, now_ms)
        depth = self.readers.depth[place] if same else 0
        latest = self.readers.latest(place, 64)
        return self.rows_of(latest[:depth]), self.rows_of(latest[depth:])

    def shown_to(self, user: str, session: str = "") -> dict[str, int]:
        """How often each article was shown to a user, by article id."""
        counts = self.shown.of(reader_key(user, session))
        return {self.articles.ids[number]: count for number, count in counts.items()}

    def rows_of(self, numbers: Sequence[int] | IntArray) -> IntArray:
        """int64: the rows of articles given by number, those that are not alive left out."""
        row_of = self.articles.row_of
        rows = [row for number in numbers if (row := row_of[number]) >= 0]
        return np.array(rows, np.int64)

    def article_row(self, article_id: str) -> int:
        """The row of an article that is alive, else -1."""
        return self.articles.find(article_id)

    def rows(self, article_ids: Sequence[str]) -> IntArray:
        """int64: the rows of articles given by id, those that are not alive left out."""
        return np.array([row for row in map(self.article_row, article_ids) if row >= 0], np.int64)

    def article_id(self, row: int) -> str:
        """The id of the article in a row, "" for a free row."""
        number = int(self.articles.number_in[row])
        return self.articles.ids[number] if number >= 0 else ""

    @property
    def article_ids(self) -> list[str]:
        """The id of the article in every row that was ever in use, "" for a free row."""
        return [self.article_id(row) for row in range(self.articles.used)]

    def live_rows(self) -> IntArray:
        """The rows that hold an article, ascending."""
        return np.flatnonzero(self.articles.number_in[: self.articles.used] >= 0)
