"""The segment model's list for a user, with logged reads joined in but never those of erased users."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import IntArray
from script_shared.events.person import session_name
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.model import Answer, NewsModel, Scored
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.query import Query

LATEST_READS = 12  # live reads that the segment's model gets
LATEST_PAGES = 200  # likewise of the request's history; the others only stay out of the list


@dataclass(frozen=True)
class SegmentList:
    """The segment, the recommender that answered, and its articles, best first.

    Attributes:
        reasons, scores: by article id.
        scored: what the list was cut from.
    """

    segment: str
    source: str
    ids: list[str]
    reasons: dict[str, str]
    scores: dict[str, float]
    scored: Scored | None = None


@dataclass(frozen=True)
class SegmentSource:
    """Gets one user's list from a release's model.

    Attributes:
        rows: finds articles in the model's catalog.
    """

    model: NewsModel
    newsroom: Newsroom
    rows: CatalogRows

    def knows(self, user: str) -> bool:
        """Whether the release knows the user."""
        return bool(user) and self.model.readers.ids.row(user) >= 0

    def known_reads(self, user: str, session: str) -> frozenset[int]:
        """Rows of the catalog that the release knows as read by a user, and by the visit without a user."""
        return self._known_reads(user) | self._known_reads(session_name(session))

    def _known_reads(self, name: str) -> frozenset[int]:
        """Those of a user who was not erased."""
        if not name or not self.newsroom.knows_reader(name):
            return frozenset()
        row = self.model.readers.ids.row(name)
        if row < 0:
            return frozenset()
        first, last = self.model.readers.histories.offsets[row : row + 2]
        return frozenset(self.model.readers.histories.article[first:last].tolist())

    def best(self, query: Query, known: Collection[int], count: int) -> SegmentList:
        """The ``count`` best articles by the release alone; ``known`` are the reads it knows."""
        room = self.newsroom
        latest = self.rows.many(room.latest_reads(query.user, query.session, LATEST_READS))
        history = [row for row in latest if row not in known] + self.rows.many(query.history[-LATEST_PAGES:])
        user = query.user if room.knows_reader(query.user) else None
        scored = self.model.scored(user, history)
        exclude = self.rows.many([*query.exclude, query.context_item])
        answer = scored.best(count, np.array(exclude, np.int64))
        found = self._ids(answer)
        reasons = {article: item.reason for article, item in zip(found, answer.items, strict=True)}
        scores = {article: item.score for article, item in zip(found, answer.items, strict=True)}
        return SegmentList(answer.segment, answer.source, found, reasons, scores, scored)

    def more(self, listed: SegmentList, count: int, among: IntArray) -> Iterator[str]:
        """Article ids of ever longer lists among some, until the release has no more of them.

        Args:
            among: bool (articles of the catalog), those that may come.
        """
        assert listed.scored is not None
        while True:
            found = self._ids(listed.scored.best(count, np.zeros(0, np.int64), among))
            yield from found
            if len(found) < count:
                return
            count *= 10

    def _ids(self, answer: Answer) -> list[str]:
        return [self.rows.article_id(item.article) for item in answer.items]
