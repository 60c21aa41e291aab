"""Questions that the live state answers while it is folded."""

import numpy as np

from script_shared.arrays import IntArray
from script_shared.news.counting.impressions import ImpressionCounts
from script_shared.news.state.articles import Articles
from script_shared.news.state.reader_history import ReaderHistories
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.state_counts import StateCounts
from script_shared.news.state.state_time import StateTime
from script_shared.news.state.trust import Everybody


class StateQueries:
    """Reads the parts of a live state and changes nothing; :class:`LiveState` makes and describes them."""

    time: StateTime
    articles: Articles
    counts: StateCounts
    readers: ReaderHistories
    shown: ImpressionCounts

    @property
    def now_ms(self) -> int:
        """Time of the latest event, epoch milliseconds, 0 before the first."""
        return self.time.now_ms

    def everybody(self, number: int) -> Everybody:
        """Clicks that count for everybody: on the article, and on all articles.

        Args:
            number: of the article.
        """
        return self.counts.everybody(self.articles.row_of[number])

    def reads_of(self, user: str, session: str, now_ms: int) -> tuple[IntArray, IntArray]:
        """Rows of the visit under way and rows of earlier visits, each latest first, at most 64 reads back.

        Args:
            user: id of the user, "" for none.
            session: id of the visit, "" for none.
            now_ms: epoch milliseconds, UTC; after a pause the visit is no longer under way.

        Returns:
            int64 rows of articles that are alive, of both.
        """
        place = self.readers.find(reader_key(user, session))
        if place < 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        same = self.readers.same_visit(place, session, now_ms)
        depth = self.readers.depth[place] if same else 0
        latest = self.readers.latest(place, 64)
        return self.articles.rows_of(latest[:depth]), self.articles.rows_of(latest[depth:])

    def shown_to(self, user: str, session: str = "") -> dict[str, int]:
        """How often each article was shown to a user, by article id.

        Args:
            user: id of the user, "" for none.
            session: id of the visit, which counts without a user.

        Returns:
            counts by article id.
        """
        counts = self.shown.of(reader_key(user, session))
        return {self.articles.ids[number]: count for number, count in counts.items()}

    def article_row(self, article_id: str) -> int:
        """The row of an article that is alive, else -1.

        Args:
            article_id: of any article.
        """
        return self.articles.find(article_id)

    def article_id(self, row: int) -> str:
        """The id of the article in a row, "" for a free row.

        Args:
            row: of the live state.
        """
        return self.articles.id_in(row)
