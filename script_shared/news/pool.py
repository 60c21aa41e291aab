"""The pool: which articles are candidates at a moment, and which others may fill a list that runs short."""

from dataclasses import dataclass

import numpy as np

from script_shared.algorithms.histories import Candidates
from script_shared.algorithms.popularity import Popularity
from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.params import PoolParams

LIFETIME_MS = 60_000  # a pool is made again at least once a minute of its clock


@dataclass(frozen=True)
class Pool:
    """Articles alive at a moment.

    Attributes:
        candidates: the most popular and the newest; the most popular first.
        rest: int64; all other articles alive, the newest first.
        position: int32 (n_articles); where an article stands in the pool, -1 when it does not.
        valid_until_ms: from this moment on the pool must be made again, because an article expires or appears.
    """

    candidates: Candidates
    rest: IntArray
    position: IntArray
    valid_until_ms: int


class Shelf:
    """All articles by publication, so that those alive at a moment are one slice."""

    def __init__(self, issued_ms: IntArray, params: PoolParams) -> None:
        self.by_issue = np.argsort(issued_ms, kind="stable")
        self.issued = np.asarray(issued_ms)[self.by_issue]
        self.params = params
        self.max_age_ms = int(params.max_age_hours * HOUR_MS)

    def alive(self, now_ms: int) -> IntArray:
        """Rows of articles published by now and not older than max_age_hours, the newest first."""
        first, last = self._span(now_ms)
        return self.by_issue[first:last][::-1]

    def pool(self, now_ms: int, popularity: Popularity) -> Pool:
        """The pool at a moment."""
        first, last = self._span(now_ms)
        rows = self.by_issue[first:last][::-1]
        everything = Candidates(rows, self.issued[first:last][::-1], now_ms)
        trend = popularity.trend(everything)
        chosen = self._chosen(trend)
        best = chosen[np.argsort(-trend[chosen], kind="stable")]
        position = np.full(len(self.by_issue), -1, np.int32)
        position[rows[best]] = np.arange(len(best))
        rest = np.delete(rows, chosen)
        return Pool(Candidates(rows[best], everything.issued_ms[best], now_ms), rest, position, self._until(now_ms))

    def _span(self, now_ms: int) -> tuple[int, int]:
        first = int(np.searchsorted(self.issued, now_ms - self.max_age_ms, side="left"))
        return first, int(np.searchsorted(self.issued, now_ms, side="right"))

    def _chosen(self, trend: np.ndarray) -> IntArray:
        """Places (newest first) of the newest ones and of the most popular among the others."""
        newest = min(self.params.recent, len(trend))
        others = np.arange(newest, len(trend))
        if len(others) > self.params.popular:
            order = np.argpartition(-trend[newest:], self.params.popular)
            others = np.sort(newest + order[: self.params.popular])
        return np.concatenate([np.arange(newest), others])

    def _until(self, now_ms: int) -> int:
        first, last = self._span(now_ms)
        limits = [now_ms + LIFETIME_MS]
        if first < last:
            limits.append(int(self.issued[first]) + self.max_age_ms + 1)
        if last < len(self.issued):
            limits.append(int(self.issued[last]))
        return min(limits)
