"""The current pool with prepared recommenders: everything a request needs that does not depend on the user."""

import threading
from collections.abc import Mapping

from script_shared.algorithms.histories import Batch
from script_shared.algorithms.popularity import Popularity
from script_shared.arrays import Int64s
from script_shared.news.params import PoolParams
from script_shared.news.recommenders.base import Part, Recommender, Scorer
from script_shared.news.recommenders.pool import Pool, PoolBuilder


class PreparedPool:
    """A pool, and how to score it for every segment; what a segment needs is made when it is first asked for.

    Attributes:
        pool: the candidates of the moment.
    """

    def __init__(self, pool: Pool, recommenders: Mapping[str, Recommender]) -> None:
        self.pool = pool
        self._recommenders = recommenders
        self._scorers: dict[str, Scorer] = {}

    def score(self, segment: str, batch: Batch) -> list[Part]:
        """Parts of the score of a segment's recommender, each (users, candidates).

        Args:
            segment: name of the segment, one that the release has.
            batch: the users.
        """
        scorer = self._scorers.get(segment)
        if scorer is None:  # two threads may both make it; either is right
            scorer = self._scorers[segment] = self._recommenders[segment].over(self.pool.candidates)
        return scorer(batch)


class PoolKeeper:
    """Keeps one prepared pool and makes the next one when it expires; thread-safe."""

    def __init__(
        self,
        issued_ms: Int64s,
        params: PoolParams,
        popularity: Popularity,
        recommenders: Mapping[str, Recommender],
    ) -> None:
        self._shelf = PoolBuilder(issued_ms, params)
        self._popularity = popularity
        self._recommenders = recommenders
        self._lock = threading.Lock()
        self._prepared: PreparedPool | None = None

    def pool_at(self, now_ms: int) -> PreparedPool:
        """The pool of the moment; made again when an article appears or expires, and once a minute.

        Args:
            now_ms: epoch milliseconds, UTC, by the release's clock.
        """
        current = self._prepared
        if current is None or not _holds(current, now_ms):
            with self._lock:
                current = self._prepared
                if current is None or not _holds(current, now_ms):
                    current = self._prepared = self._prepare(now_ms)
        return current

    def _prepare(self, now_ms: int) -> PreparedPool:
        return PreparedPool(self._shelf.pool(now_ms, self._popularity), self._recommenders)


def _holds(prepared: PreparedPool, now_ms: int) -> bool:
    return prepared.pool.candidates.now_ms <= now_ms < prepared.pool.valid_until_ms
