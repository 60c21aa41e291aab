"""Popularity within a user's group, blended with everybody's popularity.

In one group an article has few reads in the last hours, so its count there is shrunk (a Dirichlet prior worth
``shrinkage`` reads) to what the group's liking of the article's section and region makes of everybody's count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from script_shared.algorithms.histories import Batch, Candidates
from script_shared.algorithms.popularity import Popularity, decayed_counts
from script_shared.arrays import Float32s, FloatArray, Int16s, Int64s, IntArray, load_array, save_arrays

SMOOTHING = 20.0  # reads by which a group's liking of a topic is drawn towards everybody's


@dataclass(frozen=True)
class ClusterWeights:
    """cluster_weight: the group's share of the blend, 0..1. shrinkage: reads the prior is worth."""

    cluster_weight: float
    shrinkage: float


@dataclass(frozen=True)
class ClusterPopularity:
    """Decayed counts of k groups.

    Attributes:
        everybody: popularity among all users.
        group: int16 (n_users); -1 for users of no group.
        counts: float32 (k, n_articles, windows).
        topics: int16 (kinds, n_articles); codes of an article's topics (section, region), -1 when it has none.
        liking: float32 (kinds, k, codes + 1); the group's share of reads of a topic over everybody's; 1 in the last
            column, which is that of articles without the topic.
    """

    weights: ClusterWeights
    everybody: Popularity
    group: Int16s
    counts: Float32s
    topics: Int16s
    liking: Float32s

    @classmethod
    def fit(
        cls,
        user: IntArray,
        article: IntArray,
        time_ms: IntArray,
        group: Int16s,
        topics: Int16s,
        everybody: Popularity,
        *,
        n_groups: int,
        weights: ClusterWeights,
    ) -> "ClusterPopularity":
        """Count interactions sorted by time, none later than the moment of ``everybody``, by group of the user.

        Args:
            user, article: int (n), rows of each interaction.
            time_ms: int (n), epoch milliseconds, ascending.
            group: int16 (n_users); -1 for users of no group.
            topics: int16 (kinds, n_articles); codes of an article's topics, -1 when it has none.
            everybody: popularity of all users as of the same moment.
            n_groups: how many groups there are.
            weights: of the blend.
        """
        groups = group[user]
        half_lives = everybody.weights.half_lives_hours
        counts = [
            decayed_counts(article[mine], time_ms[mine], len(everybody.counts), everybody.as_of_ms, half_lives)
            for mine in (groups == k for k in range(n_groups))
        ]
        reads = reads_of_topics(groups, article, topics, n_groups)
        return cls.of(group, np.stack(counts), topics, reads, everybody, weights)

    @classmethod
    def of(
        cls,
        group: Int16s,
        counts: Float32s,
        topics: Int16s,
        topic_reads: IntArray,
        everybody: Popularity,
        weights: ClusterWeights,
    ) -> "ClusterPopularity":
        """The same, from interactions that are already counted.

        Args:
            group: int16 (n_users); -1 for users of no group.
            counts: float32 (k, n_articles, windows), decayed counts of the groups.
            topics: int16 (kinds, n_articles); codes of an article's topics, -1 when it has none.
            topic_reads: int (kinds, k, codes), as ``reads_of_topics`` returns it.
            everybody: popularity of all users as of the same moment.
            weights: of the blend.
        """
        kinds, n_groups, codes = topic_reads.shape
        liking = np.ones((kinds, n_groups, codes + 1), np.float32)
        for kind, reads in enumerate(topic_reads):
            liking[kind, :, :-1] = _likes(reads)
        return cls(weights, everybody, group, counts, topics, liking)

    def over(
        self, candidates: Candidates, groups_of: Callable[[Batch], IntArray] | None = None
    ) -> Callable[[Batch], FloatArray]:
        """Prepare the candidates once; the answer gives float32 (n, m): what the group adds to everybody's score.

        Args:
            candidates: m articles, and the moment that counts are decayed to.
            groups_of: int (n); the group of each user of a batch, -1 for none (nothing is added); by default the group
                of known users.

        Returns:
            a function from a batch of n users to float32 (n, m).
        """
        faded = self.everybody.weights_at(candidates.now_ms)
        overall = self.everybody.counts[candidates.rows] @ faded
        own = self.counts[:, candidates.rows] @ faded
        prior = overall * self._likings_of(candidates.rows)
        share = (own + self.weights.shrinkage * _shares(prior)) / (
            own.sum(axis=1, keepdims=True) + self.weights.shrinkage
        )
        blend = overall + self.weights.cluster_weight * (share * overall.sum() - overall)
        added = np.zeros((len(blend) + 1, len(candidates)), np.float32)  # the last row is that of group -1
        added[:-1] = np.log1p(blend) - np.log1p(overall)
        find = groups_of or self.groups_of
        return lambda batch: added[find(batch)]

    def groups_of(self, batch: Batch) -> Int16s:
        """int16 (n): groups of known users, -1 for others.

        Args:
            batch: n users; unknown ones have the row -1.
        """
        return np.where(batch.rows >= 0, self.group[batch.rows], -1)

    def save(self, folder: Path) -> None:
        """Write it into a folder, which ``load`` reads; popularity among everybody is not part of it.

        Args:
            folder: made when missing.
        """
        arrays: dict[str, npt.NDArray[Any]] = {
            "group": self.group,
            "counts": self.counts,
            "topics": self.topics,
            "liking": self.liking,
        }
        save_arrays(folder, arrays)

    @classmethod
    def load(cls, folder: Path, everybody: Popularity, weights: ClusterWeights) -> "ClusterPopularity":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.
            everybody: popularity among all users, of the same moment.
            weights: from the params that are stored beside it.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        arrays = [load_array(folder, name) for name in ("group", "counts", "topics", "liking")]
        return cls(weights, everybody, *arrays)

    def _likings_of(self, rows: IntArray) -> Float32s:
        """float32 (k, m): the product over the kinds of topics."""
        return np.prod([liking[:, codes[rows]] for liking, codes in zip(self.liking, self.topics, strict=True)], axis=0)


def _shares(values: FloatArray) -> FloatArray:
    return values / np.maximum(values.sum(axis=1, keepdims=True), 1e-9)


def reads_of_topics(groups: IntArray, article: IntArray, topics: IntArray, n_groups: int) -> Int64s:
    """int64 (kinds, n_groups, codes): reads of each topic in each group; results of disjoint interactions add up.

    Args:
        groups: int (n), group of the user of each interaction, -1 for none.
        article: int (n), row of each interaction.
        topics: int16 (kinds, n_articles); codes of an article's topics, -1 when it has none.
        n_groups: how many groups there are.
    """
    width = int(topics.max(initial=-1)) + 1
    found = np.zeros((len(topics), n_groups, width), np.int64)
    for kind, codes in enumerate(topics):
        code = codes[article]
        counted = (groups >= 0) & (code >= 0)
        where = groups[counted].astype(np.int64) * width + code[counted]
        found[kind] = np.bincount(where, minlength=n_groups * width).reshape(n_groups, width)
    return found


def _likes(reads: IntArray) -> FloatArray:
    """float (k, codes): smoothed share of each topic in each group over its share in all."""
    overall = (reads.sum(axis=0) + 1.0) / (reads.sum() + reads.shape[1])
    own: FloatArray = (reads + SMOOTHING * overall) / (reads.sum(axis=1, keepdims=True) + SMOOTHING)
    return own / overall
