"""The release's own list for a reader: what it knows, with reads of the event log joined, but not of the erased."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.query import Query
from script_shared.news.live.rows import Rows
from script_shared.news.model import NewsModel

LATEST_READS = 12  # live reads that the segment's model is told of


@dataclass(frozen=True)
class SegmentList:
    """The segment, the recommender that answered, and its articles, best first.

    Attributes:
        reasons, scores: by article id.
    """

    segment: str
    source: str
    ids: list[str]
    reasons: dict[str, str]
    scores: dict[str, float]


@dataclass(frozen=True)
class SegmentSource:
    """Asks a release's model for one reader.

    Attributes:
        rows: finds articles in the model's catalog.
    """

    model: NewsModel
    newsroom: Newsroom
    rows: Rows

    def knows(self, user: str) -> bool:
        """Whether the release knows the reader."""
        return bool(user) and self.model.readers.ids.row(user) >= 0

    def known_reads(self, user: str) -> frozenset[int]:
        """Rows of the catalog that the release knows as read by a reader who was not erased."""
        if not user or not self.newsroom.knows_reader(user):
            return frozenset()
        row = self.model.readers.ids.row(user)
        if row < 0:
            return frozenset()
        first, last = self.model.readers.histories.offsets[row : row + 2]
        return frozenset(self.model.readers.histories.article[first:last].tolist())

    def best(self, query: Query, known: Collection[int], count: int) -> SegmentList:
        """The ``count`` best articles by the release alone; ``known`` are the reads it knows."""
        room = self.newsroom
        latest = room.latest_reads(query.user, query.session, LATEST_READS)
        live = [article for article in latest if (row := self.rows.row(article)) >= 0 and row not in known]
        user = query.user if room.knows_reader(query.user) else None
        exclude = [*query.exclude, query.context_item] if query.context_item else query.exclude
        answer = self.model.recommend(user, count, history=[*live, *query.history], exclude=exclude)
        found = [self.rows.article_id(item.article) for item in answer.items]
        reasons = {article: item.reason for article, item in zip(found, answer.items, strict=True)}
        scores = {article: item.score for article, item in zip(found, answer.items, strict=True)}
        return SegmentList(answer.segment, answer.source, found, reasons, scores)

    def more(self, query: Query, known: Collection[int], count: int) -> Iterator[str]:
        """Article ids of ever longer lists, until the release has no more."""
        while True:
            found = self.best(query, known, count).ids
            yield from found
            if len(found) < count:
                return
            count *= 10
