"""The segment model's list for a user, which also uses reads from the log, but never those of erased users."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from script_shared.arrays import Bools, Float32s, Int64s
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.context import RequestContext
from script_shared.news.ranking.query import Query
from script_shared.news.scored_candidates import BestRows, ScoredCandidates
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state import LiveState

LATEST_READS = 12  # live reads that the segment's model gets
LATEST_PAGES = 200  # pages of the request's history that it gets; the others are only left out of the list


class SegmentCandidates(NamedTuple):
    """The k articles of a segment's list that are alive in the live state, best first.

    Attributes:
        segment: number of the segment, in the order of the segments; -1 for no list.
        rows: int64 (k), rows of the live state.
        places: int64 (k), places in the whole list, from 0.
        scores: float32 (k), scores in the list.
    """

    segment: int
    rows: Int64s
    places: Int64s
    scores: Float32s


NOTHING = SegmentCandidates(-1, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True)
class SegmentList:
    """The segment, the recommender that answered, and its articles, best first.

    Most lists only need the rows and scores, so ids and reasons are only looked up when they are needed.

    Attributes:
        found: rows of the catalog with their scores.
        scored: the scored candidates of which the list has the best.
        catalog: finds the ids of its articles.
    """

    segment: str
    source: str
    found: BestRows
    scored: ScoredCandidates
    catalog: CatalogRows

    @classmethod
    def of(cls, scored: ScoredCandidates, count: int, exclude: Int64s, catalog: CatalogRows) -> "SegmentList":
        """The ``count`` best articles; ``exclude`` are rows of the catalog.

        Args:
            scored: the candidates with their scores for one user.
            count: articles at most.
            exclude: int64, rows of the catalog to leave out.
            catalog: gives the ids.
        """
        segment = scored.segment
        return cls(segment.name, segment.recommender.source, scored.best_rows(count, exclude), scored, catalog)

    @cached_property
    def ids(self) -> list[str]:
        """Article ids, best first."""
        return self.catalog.article_ids(self.found.rows)

    @property
    def ids_when_needed(self) -> Iterator[str]:
        """The same ids, looked up when the first one is needed."""
        yield from self.ids

    @cached_property
    def reasons(self) -> dict[str, str]:
        """Why each article is there, by its id."""
        return dict(zip(self.ids, self._reasons, strict=True))

    @cached_property
    def _reasons(self) -> list[str]:
        return self.scored.reasons(self.found)

    @cached_property
    def scores(self) -> dict[str, float]:
        """Scores by article id."""
        return dict(zip(self.ids, self.found.scores, strict=True))

    def reason(self, article_id: str) -> str | None:
        """Why an article is there; None for an article that is not in the list.

        Args:
            article_id: of any article.
        """
        row, rows = self.catalog.row(article_id), self.found.rows
        return self._reasons[rows.index(row)] if row in rows else None

    def alive(self, state: LiveState) -> SegmentCandidates:
        """Its articles as rows of a live state, for the ranking.

        Args:
            state: the live state; articles that it does not have are left out.
        """
        rows = self.catalog.live_rows(self.found.rows, state.articles)
        scores = np.array(self.found.scores, np.float32)
        alive = np.flatnonzero(rows >= 0)
        return SegmentCandidates(SEGMENT_NAMES.index(self.segment), rows[alive], alive, scores[alive])

    def more(self, count: int, among: Bools) -> Iterator[str]:
        """Article ids of longer and longer lists, until the release has no more allowed articles.

        Args:
            count: length of the first list; each further one is longer.
            among: bool (articles of the catalog), the allowed ones.
        """
        while True:
            rows = self.scored.best_rows(count, np.zeros(0, np.int64), among).rows
            yield from map(self.catalog.article_id, rows)
            if len(rows) < count:
                return
            count *= 10


class SegmentSource:
    """Gets one user's list from a release's model.

    Args:
        rows: finds articles in the model's catalog.
    """

    def __init__(self, model: NewsModel, newsroom: Newsroom, rows: CatalogRows) -> None:
        self._model, self._newsroom, self._rows = model, newsroom, rows
        self._strangers: tuple[int, int, SegmentList] | None = None

    def of(self, context: RequestContext, count: int) -> SegmentList:
        """The ``count`` best articles for a request; lists for unknown users are computed once per second.

        Args:
            context: the request and what may be shown.
            count: articles at most.
        """
        query, bars = context.query, context.bars
        if bars.read or bars.read_rows or query.exclude or query.context_item or self._knows(query.user):
            return self.best(query, bars.read_rows, count)
        second = context.now_ms // 1000
        if self._strangers is None or self._strangers[:2] != (second, count):
            self._strangers = (second, count, self.best(Query(), frozenset(), count))
        return self._strangers[2]

    def best(self, query: Query, known: Collection[int], count: int) -> SegmentList:
        """The ``count`` best articles by the release alone; ``known`` are the reads it knows.

        Args:
            query: user, session, history and what is excluded.
            known: rows of the catalog.
            count: articles at most.
        """
        room = self._newsroom
        latest = self._rows.many(room.reads.latest_reads(query.user, query.session, LATEST_READS))
        history = [row for row in latest if row not in known] + self._rows.many(query.history[-LATEST_PAGES:])
        user = query.user if room.knows_reader(query.user) else None
        exclude = self._rows.many([*query.exclude, query.context_item])
        return SegmentList.of(
            self._model.score_candidates(user, history), count, np.array(exclude, np.int64), self._rows
        )

    def _knows(self, user: str) -> bool:
        """Whether the release knows the user."""
        return bool(user) and self._model.readers.ids.row(user) >= 0
