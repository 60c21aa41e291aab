"""The pool: which articles are candidates at a moment, and which others may fill a list that runs short."""

from dataclasses import dataclass

import numpy as np

from script_shared.algorithms.histories import Candidates
from script_shared.algorithms.popularity import Popularity
from script_shared.arrays import Float32s, FloatArray, Int32s, Int64s
from script_shared.clock import HOUR_MS
from script_shared.news.params import PoolParams

LIFETIME_MS = 60_000  # a pool is made again at least once a minute of its clock


@dataclass(frozen=True)
class Pool:
    """Articles alive at a moment; if none is, the newest expired ones.

    Attributes:
        candidates: the most popular and the newest; the most popular first, or the newest first if all have expired.
        rest: int64; all other articles alive, the newest first.
        position: int32 (n_articles); the place of an article in the pool, -1 when it is not in it.
        valid_until_ms: from this moment on the pool must be made again, because an article expires or appears.
        expired: whether nothing is alive.
    """

    candidates: Candidates
    rest: Int64s
    position: Int32s
    valid_until_ms: int
    expired: bool = False


class PoolBuilder:
    """All articles by publication, so that those alive at a moment are one slice."""

    def __init__(self, issued_ms: Int64s, params: PoolParams) -> None:
        self.by_issue = np.argsort(issued_ms, kind="stable")
        self.issued = np.asarray(issued_ms, np.int64)[self.by_issue]
        self.params = params
        self.max_age_ms = int(params.max_age_hours * HOUR_MS)
        self._counted: tuple[Popularity, Float32s] | None = None

    def pool(self, now_ms: int, popularity: Popularity) -> Pool:
        """The pool at a moment; empty only where nothing is published yet.

        Args:
            now_ms: the moment, epoch milliseconds, UTC.
            popularity: chooses the most popular.
        """
        first, last = self._span(now_ms)
        if first == last:
            return self._expired_pool(now_ms, last)
        rows = self.by_issue[first:last][::-1]
        trend = popularity.trend_of(self._counts(popularity)[first:last][::-1], now_ms)
        chosen = self._choose(trend)
        best = chosen[np.argsort(-trend[chosen], kind="stable")]
        rest = np.delete(rows, chosen)
        candidates = Candidates(rows[best], self.issued[first:last][::-1][best], now_ms)
        return Pool(candidates, rest, self._position(candidates.rows), self._until(now_ms))

    def _expired_pool(self, now_ms: int, last: int) -> Pool:
        """As many of the newest as a pool holds. It stays as it is until an article appears."""
        newest = slice(max(0, last - self.params.recent - self.params.popular), last)
        candidates = Candidates(self.by_issue[newest][::-1], self.issued[newest][::-1], now_ms)
        until = int(self.issued[last]) if last < len(self.issued) else now_ms + self.max_age_ms
        return Pool(candidates, np.zeros(0, np.int64), self._position(candidates.rows), until, expired=True)

    def _counts(self, popularity: Popularity) -> Float32s:
        """The counts in order of publication: the counts of a slice are adjacent, so reading them is fast."""
        counted = self._counted
        if counted is None or counted[0] is not popularity:
            counted = self._counted = popularity, popularity.counts[self.by_issue]
        return counted[1]

    def _position(self, rows: Int64s) -> Int32s:
        position = np.full(len(self.by_issue), -1, np.int32)
        position[rows] = np.arange(len(rows))
        return position

    def _span(self, now_ms: int) -> tuple[int, int]:
        first = int(np.searchsorted(self.issued, now_ms - self.max_age_ms, side="left"))
        return first, int(np.searchsorted(self.issued, now_ms, side="right"))

    def _choose(self, trend: FloatArray) -> Int64s:
        """Places (newest first) of the newest ones and of the most popular among the others."""
        newest = min(self.params.recent, len(trend))
        others = np.arange(newest, len(trend))
        if len(others) > self.params.popular:
            order = np.argpartition(-trend[newest:], self.params.popular)
            others = np.sort(newest + order[: self.params.popular])
        return np.concatenate([np.arange(newest), others])

    def _until(self, now_ms: int) -> int:
        first, last = self._span(now_ms)
        limits = [now_ms + LIFETIME_MS, int(self.issued[first]) + self.max_age_ms + 1]
        if last < len(self.issued):
            limits.append(int(self.issued[last]))
        return min(limits)
