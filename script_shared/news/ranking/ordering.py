"""The live order of articles for one request: candidates, ranker, and the segment's list where live data is thin."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.features import matrix
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.reasons import mix_parts

FUSION = 10.0  # places that count nearly alike when two orders are mixed
EXPLAINED = 6
MIX_PARTS = ("last_10_minutes", "last_hour", "visit", "earlier_visits")


@dataclass(frozen=True)
class LiveOrder:
    """Candidates in the order they are to be shown.

    Attributes:
        found: the candidates; ``places``: of them, best first.
        scores: by place in ``found``.
        source: ``ranker`` or ``live``.
    """

    found: Candidates
    places: IntArray
    scores: FloatArray
    source: str

    @classmethod
    def of(cls, found: Candidates, scores: FloatArray | None) -> "LiveOrder":
        """By scores; without any, in the candidates' own order, those left out that the live signals say nothing of."""
        if scores is not None:
            return cls(found, np.argsort(-scores, kind="stable"), scores, "ranker")
        places = np.arange(len(found))
        return cls(found, places[found.mix > 0], -places / 8.0, "live")

    @property
    def ids(self) -> Iterator[str]:
        """Article ids, best first; looked up one by one, because a list needs only the first of them."""
        state = self.found.signals.state
        return (state.article_id(row) for row in self.found.rows[self.places].tolist())

    def place_of(self, article_ids: Sequence[str]) -> dict[str, int]:
        """The places of those articles that are candidates."""
        at = {row: place for place, row in enumerate(self.found.rows.tolist())}
        find = self.found.signals.state.article_row
        return {article: at[row] for article in article_ids if (row := find(article)) in at}


def fused(live: Iterable[str], batch: Sequence[str], trust: float) -> Iterator[str]:
    """Two orders as one, by reciprocal places; with a trust of 1 the second only comes after the first.

    >>> list(fused(["a", "b"], ["c", "a"], 1.0)), list(fused(["a", "b"], ["c", "a"], 0.0))
    (['a', 'b', 'c', 'a'], ['c', 'a', 'b'])
    """
    if trust >= 1.0 or not batch:
        yield from live
        yield from batch
        return
    scores: dict[str, float] = {}
    for order, weight in ((live, trust), (batch, 1.0 - trust)):
        for place, article in enumerate(order):
            scores[article] = scores.get(article, 0.0) + weight / (FUSION + place)
    yield from sorted(scores, key=lambda article: -scores[article])


def explained(order: LiveOrder, ranker: Ranker | None, places: Sequence[int]) -> list[dict[str, float]]:
    """Of each candidate what added most to its score, greatest first: features of the ranker, or parts of the mix."""
    at = np.array(places, np.int64)
    if order.source == "ranker" and ranker is not None:
        names, values = ranker.names, ranker.contributions(matrix(order.found, ranker.names)[at])
    else:
        names, values = MIX_PARTS, mix_parts(order.found, at).T
    best = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :EXPLAINED]
    most = np.take_along_axis(values, best, axis=1).astype(float)
    return [
        {names[column]: round(value, 5) for column, value in zip(columns, row, strict=True)}
        for columns, row in zip(best.tolist(), most.tolist(), strict=True)
    ]
