"""How much the personal parts of a score should count: tried out on the last hours before the moment of fitting.

How far a taste leads beyond what everybody reads differs from site to site: on some, users keep to their sections for
weeks; on others, the next hours belong to the front page. So a recommender is fitted once without the last hours, asked
what it would have recommended at their beginning, and the weights that found most of what was read then are taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from script_shared.algorithms.histories import Batch, Candidates
from script_shared.arrays import Bools, Float32s, FloatArray, Int64s, IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.params import ModelParams
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.recommenders.pool import PoolBuilder
from script_shared.news.recommenders.popular import count
from script_shared.news.recommenders.scoring import NEVER, top

CUTOFF = 10
SEED = 20220701
DISCOUNT = 1.0 / np.log2(np.arange(2, CUTOFF + 2))


@dataclass(frozen=True)
class Rehearsal:
    """A moment before the last hours, and the users' reads after it.

    Attributes:
        before: what was known at that moment.
        candidates: the pool of that moment, m articles.
        batch: n users who read something of the pool afterwards.
        wanted, barred: bool (n, m); what each then newly read, and what each had read before.
    """

    before: Snapshot
    candidates: Candidates
    batch: Batch
    wanted: Bools
    barred: Bools

    @classmethod
    def of(cls, snapshot: Snapshot, members: Bools, params: ModelParams) -> "Rehearsal":
        """The last ``params.rehearsal.hours`` of a snapshot, for at most ``params.rehearsal.readers`` members."""
        start_ms = int(snapshot.as_of_ms - params.rehearsal.hours * HOUR_MS)
        before = snapshot.until(start_ms)
        pool = PoolBuilder(snapshot.issued_ms, params.pool).pool(start_ms, count(before, params.popularity))
        later = snapshot.reads_since(start_ms + 1)
        found = members[later.user] & (pool.position[later.article] >= 0)
        user, place = later.user[found], pool.position[later.article[found]]
        readers = _some(np.unique(user).astype(np.int64), params.rehearsal.readers)
        batch = Batch(readers, before.histories(readers))
        mine = np.isin(user, readers)
        shape = (len(readers), len(pool.candidates))
        wanted = _mark_cells(shape, np.searchsorted(readers, user[mine]), place[mine])
        barred = _mark_cells(shape, batch.histories.owner, pool.position[batch.histories.article])
        return cls(before, pool.candidates, batch, wanted & ~barred, barred)

    def best(self, base: Float32s, parts: Sequence[FloatArray], choices: Sequence[Sequence[float]]) -> list[float]:
        """The weights of the parts, one of each one's choices, with the highest NDCG@10 of base + sum of weight x part.

        Args:
            base, parts: float32 (n, m).
            choices: weights to try for each part; the first of each is taken where there is nothing to choose by.
        """
        combinations = list(product(*choices))
        values = [self._ndcg(base, parts, weights) for weights in combinations] if self.wanted.any() else [0.0]
        return list(combinations[int(np.argmax(values))])

    def _ndcg(self, base: FloatArray, parts: Sequence[FloatArray], weights: Sequence[float]) -> float:
        scores = np.array(base, np.float32)
        for part, weight in zip(parts, weights, strict=True):
            scores += np.float32(weight) * part
        scores[self.barred] = NEVER
        places = top(scores, CUTOFF)
        hits = np.take_along_axis(self.wanted, np.maximum(places, 0), axis=1) & (places >= 0)
        size = np.minimum(self.wanted.sum(axis=1), CUTOFF)
        ideal = np.concatenate([[np.nan], np.cumsum(DISCOUNT)])[size]
        return float(np.nanmean(hits @ DISCOUNT / ideal))


def _some(readers: Int64s, count: int) -> Int64s:
    if len(readers) <= count:
        return readers
    return np.sort(np.random.default_rng(SEED).choice(readers, count, replace=False))


def _mark_cells(shape: tuple[int, int], row: IntArray, place: IntArray) -> Bools:
    marks = np.zeros(shape, bool)
    inside = place >= 0
    marks[row[inside], place[inside]] = True
    return marks
