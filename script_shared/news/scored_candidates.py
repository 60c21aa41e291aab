"""The candidates of a moment, scored for one user, and the lists that are cut from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import numpy as np

from script_shared.algorithms.histories import Batch
from script_shared.arrays import Bools, Int64s, IntArray
from script_shared.news.recommenders import scoring
from script_shared.news.recommenders.base import Part
from script_shared.news.recommenders.pool import Pool
from script_shared.news.segments import Segment

SPREAD = 4.0  # of a total in units of one standardised part; keeps the best scores apart below 1
ALSO = "also recent"  # the reason of an article that only fills the list
OLDER = "older story"  # the reason of an article that has expired, as all have


class Recommendation(NamedTuple):
    """One item of an answer: the article's row, a score in 0..1 that only orders one answer, why it is there."""

    article: int
    score: float
    reason: str


class BestRows(NamedTuple):
    """Rows of the catalog, best first.

    Attributes:
        scores: 0 to 1, of each row; only their order means anything.
        places: int64, of the first rows among the candidates; the others only fill the list.
    """

    rows: list[int]
    scores: list[float]
    places: Int64s


@dataclass(frozen=True)
class Answer:
    """One user's recommendations: the segment, the recommender, and the items, best first."""

    segment: str
    source: str
    items: list[Recommendation]


@dataclass(frozen=True)
class ScoredCandidates:
    """The candidates of a moment with their scores for one user; lists are cut from it.

    Attributes:
        parts: of the score, each (1, candidates).
    """

    segment: Segment
    pool: Pool
    batch: Batch
    parts: list[Part]

    def best(self, n: int, exclude: Int64s, among: Bools | None = None) -> Answer:
        """The best n articles; ``exclude`` and ``among`` as in :meth:`NewsModel.recommend`, ``exclude`` as rows.

        Args:
            n: articles wanted.
            exclude: int64, rows of the catalog to leave out.
            among: bool (articles of the catalog), those that may be in the list; None for all.
        """
        found = self.best_rows(n, exclude, among)
        items = list(map(Recommendation, found.rows, found.scores, self.reasons(found)))
        return Answer(self.segment.name, self.segment.recommender.source, items)

    def best_rows(self, n: int, exclude: Int64s, among: Bools | None = None) -> BestRows:
        """The same as plain rows and scores, without reasons.

        Args:
            n: articles wanted.
            exclude: int64, rows of the catalog to leave out.
            among: bool (articles of the catalog), those that may be in the list; None for all.
        """
        scores, rest = scoring.total(self.parts), self.pool.rest
        scoring.forbid(scores, self.batch.histories, exclude, self.pool)
        if among is not None:
            scores[:, ~among[self.pool.candidates.rows]] = scoring.NEVER
            rest = rest[among[rest]]
        places = scoring.best(scores[0], n)
        rows = self.pool.candidates.rows[places].tolist()
        shares = [1.0 / (1.0 + exp(-score / SPREAD)) for score in scores[0, places].tolist()]
        if len(rows) < n:
            rows += scoring.fill(rest, n - len(rows), self.batch.histories.article, exclude).tolist()
            shares += [0.0] * (len(rows) - len(shares))
        return BestRows(rows, shares, places)

    def reasons(self, found: BestRows) -> list[str]:
        """Why each row of ``best_rows`` is there."""
        first = [OLDER] * len(found.places) if self.pool.expired else _reasons(self.parts, found.places)
        return first + [ALSO] * (len(found.rows) - len(first))


def _reasons(parts: Sequence[Part], places: IntArray) -> list[str]:
    """What the part that adds most to each place says."""
    greatest = np.stack([part.values[0, places] for part in parts]).argmax(axis=0)
    return [parts[part].reasons[place] for part, place in zip(greatest.tolist(), places.tolist(), strict=True)]
