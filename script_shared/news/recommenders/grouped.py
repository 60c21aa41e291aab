"""Recommends what users of similar behaviour read now: for users who came back but do not log in."""

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import ClassVar

import numpy as np

from script_shared.algorithms.cluster_popularity import ClusterPopularity, ClusterWeights
from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import Batch, Candidates
from script_shared.algorithms.kmeans import Grouping, GroupingWeights
from script_shared.algorithms.popularity import Popularity
from script_shared.arrays import Bools, IntArray, load_array, save_arrays
from script_shared.clock import HOUR_MS
from script_shared.news.params import ModelParams
from script_shared.news.readers.behaviour import Topics, features_of
from script_shared.news.readers.snapshot import Behaviour, Snapshot
from script_shared.news.recommenders.base import Part, Scorer
from script_shared.news.recommenders.popular import count, popularity_part, weights_of
from script_shared.news.recommenders.rehearsal import Rehearsal

SIMILAR = "popular with similar readers"


@dataclass(frozen=True)
class GroupRecommender:
    """Clusters of behaviour (fitted), and the reads of each cluster (state).

    Attributes:
        strength: how much what a group reads counts beside what everybody reads.
    """

    params: ModelParams
    topics: Topics
    grouping: Grouping
    clusters: ClusterPopularity
    strength: float

    source: ClassVar[str] = "clusters"

    @classmethod
    def fit(cls, snapshot: Snapshot, members: Bools, params: ModelParams) -> "GroupRecommender":
        rehearsal = Rehearsal.of(snapshot, members, params)
        trial = cls._fit(rehearsal.before, members, params, strength=1.0)
        base, added = trial.over(rehearsal.candidates)(rehearsal.batch)
        (strength,) = rehearsal.best(base.values, [added.values], [params.semi_logged.cluster_strengths])
        return cls._fit(snapshot, members, params, strength=strength)

    @classmethod
    def _fit(cls, snapshot: Snapshot, members: Bools, params: ModelParams, *, strength: float) -> "GroupRecommender":
        own = params.semi_logged
        topics = Topics.of(snapshot)
        table = _features(snapshot, topics, own.window_days)
        grouping = Grouping.fit(table.rows(members), GroupingWeights(own.cap_quantile, own.components, own.clusters))
        return cls(params, topics, grouping, _clusters(params, topics, grouping, snapshot, table), strength)

    def renumber(self, users: Renumbering, articles: Renumbering) -> "GroupRecommender":
        return self  # sections and regions are fitted by name, nothing by row

    def as_of(self, snapshot: Snapshot, members: Bools) -> "GroupRecommender":
        table = _features(snapshot, self.topics, self.params.semi_logged.window_days)
        clusters = _clusters(self.params, self.topics, self.grouping, snapshot, table)
        return replace(self, clusters=clusters)

    def save(self, folder: Path) -> None:
        self.topics.save(folder / "topics")
        self.grouping.save(folder / "grouping")
        self.clusters.save(folder / "clusters")
        self.clusters.everybody.save(folder / "popularity")
        save_arrays(folder, {"strength": np.array([self.strength])})

    @classmethod
    def load(cls, folder: Path, params: ModelParams) -> "GroupRecommender":
        everybody = Popularity.load(folder / "popularity", weights_of(params.popularity))
        clusters = ClusterPopularity.load(folder / "clusters", everybody, _weights(params))
        strength = float(load_array(folder, "strength")[0])
        return cls(params, Topics.load(folder / "topics"), Grouping.load(folder / "grouping"), clusters, strength)

    def over(self, candidates: Candidates) -> Scorer:
        values, reasons = popularity_part(self.clusters.everybody, candidates)
        added = self.clusters.over(candidates, self.groups_of)
        similar = [SIMILAR] * len(candidates)

        def score(batch: Batch) -> list[Part]:
            everybody = np.broadcast_to(values, (len(batch), len(values)))
            return [Part(everybody, reasons), Part(np.float32(self.strength) * added(batch), similar)]

        return score

    def groups_of(self, batch: Batch) -> IntArray:
        """int (n): the group as known, or by the reads handed in; -1 for who read nothing.

        Args:
            batch: n users.
        """
        groups = self.clusters.groups_of(batch)
        unknown = (groups < 0) & (batch.histories.counts > 0)
        if unknown.any():
            histories = batch.histories.take(np.flatnonzero(unknown))
            groups[unknown] = self.grouping.assign(features_of(histories, self.clusters.topics, self.topics.sizes))
        return groups


def _features(snapshot: Snapshot, topics: Topics, window_days: float) -> Behaviour:
    return snapshot.behaviour(topics.codes(snapshot), topics.sizes, _begin_ms(snapshot, window_days))


def _begin_ms(snapshot: Snapshot, window_days: float) -> int:
    """The first whole millisecond of the window."""
    return ceil(snapshot.as_of_ms - window_days * 24 * HOUR_MS)


def _clusters(
    params: ModelParams, topics: Topics, grouping: Grouping, snapshot: Snapshot, table: Behaviour
) -> ClusterPopularity:
    """Groups of all users seen in the window: reads of users who log in count for a group, too."""
    group, codes, k = table.groups(grouping), topics.codes(snapshot), grouping.n_groups
    everybody = count(snapshot, params.popularity)
    begin_ms = _begin_ms(snapshot, params.semi_logged.window_days)
    counts = snapshot.decayed_by_group(group, k, begin_ms, everybody.weights.half_lives_hours)
    reads = snapshot.topic_reads(group, k, begin_ms, codes)
    return ClusterPopularity.of(group, counts, codes, reads, everybody, _weights(params))


def _weights(params: ModelParams) -> ClusterWeights:
    return ClusterWeights(params.semi_logged.cluster_weight, params.semi_logged.shrinkage)
