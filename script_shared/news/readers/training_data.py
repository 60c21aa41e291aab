"""A snapshot whose reads are in memory."""

from dataclasses import dataclass, replace

import numpy as np

from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.cluster_popularity import reads_of_topics
from script_shared.algorithms.histories import Histories
from script_shared.algorithms.kmeans import Grouping
from script_shared.algorithms.popularity import decayed_counts
from script_shared.arrays import Bools, Float32s, FloatArray, Int16s, Int64s, IntArray
from script_shared.news.readers.behaviour import features
from script_shared.news.readers.reads import Reads
from script_shared.news.readers.snapshot import Snapshot


@dataclass(frozen=True)
class FeatureTable:
    """Features of all users.

    Attributes:
        values: float64 (n_users, features), nan for users without reads.
    """

    values: FloatArray

    def rows(self, members: Bools) -> FloatArray:
        """As ``Behaviour.rows``."""
        found: FloatArray = self.values[members & self._with_reads]
        return found

    def groups(self, grouping: Grouping) -> Int16s:
        """As ``Behaviour.groups``."""
        group = np.full(len(self.values), -1, np.int16)
        group[self._with_reads] = grouping.assign(self.values[self._with_reads])
        return group

    @property
    def _with_reads(self) -> Bools:
        return ~np.isnan(self.values[:, 0])


@dataclass(frozen=True)
class TrainingData(Snapshot):
    """All that was known at ``as_of_ms``.

    Attributes:
        reads: interactions until then.
    """

    reads: Reads

    def until(self, ms: int) -> "TrainingData":
        last = int(np.searchsorted(self.reads.time_ms, ms, "right"))
        return replace(self, as_of_ms=ms, reads=self.reads.cut(slice(0, last)))

    def reads_by_user(self) -> Int64s:
        return np.bincount(self.reads.user, minlength=self.n_users)

    def reads_by_article(self) -> Int64s:
        return np.bincount(self.reads.article, minlength=self.n_articles)

    def reads_since(self, start_ms: int) -> Reads:
        return self.reads.since(start_ms)

    def histories(self, users: IntArray | None = None) -> Histories:
        some = self.reads
        every = Histories.of(some.user, some.article, some.time_ms, some.engagement, self.n_users)
        return every if users is None else every.take(users)

    def popularity(self, half_lives_hours: tuple[float, ...]) -> Float32s:
        reads = self.reads
        return decayed_counts(reads.article, reads.time_ms, self.n_articles, self.as_of_ms, half_lives_hours)

    def decayed_by_group(
        self, group: Int16s, n_groups: int, start_ms: int, half_lives_hours: tuple[float, ...]
    ) -> Float32s:
        reads = self.reads.since(start_ms)
        groups = group[reads.user]
        counts = [
            decayed_counts(reads.article[mine], reads.time_ms[mine], self.n_articles, self.as_of_ms, half_lives_hours)
            for mine in (groups == k for k in range(n_groups))
        ]
        return np.stack(counts)

    def topic_reads(self, group: Int16s, n_groups: int, start_ms: int, topics: Int16s) -> Int64s:
        reads = self.reads.since(start_ms)
        return reads_of_topics(group[reads.user], reads.article, topics, n_groups)

    def behaviour(self, topics: Int16s, sizes: tuple[int, int], start_ms: int) -> FeatureTable:
        return FeatureTable(features(self.reads.since(start_ms), self.n_users, topics, sizes))

    def articles_read(self, members: Bools, start_ms: float) -> Int64s:
        reads = self.reads.since(start_ms)
        return np.unique(reads.article[members[reads.user]]).astype(np.int64)

    def factorise(self, members: Bools, weights: AlsWeights) -> Als:
        reads = self.reads.cut(members[self.reads.user])
        return Als.fit(reads.user, reads.article, reads.engagement, (self.n_users, self.n_articles), weights)

    def fold(self, als: Als, members: Bools) -> Als:
        reads = self.reads.cut(members[self.reads.user])
        return als.as_of(reads.user, reads.article, reads.engagement)
