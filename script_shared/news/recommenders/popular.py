"""Recommends what is read now and new: for users of whom nothing is known."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import Batch, Candidates
from script_shared.algorithms.popularity import Popularity, PopularityWeights
from script_shared.arrays import Bools, FloatArray
from script_shared.news.params import ModelParams, PopularityParams
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.recommenders.base import Part, Scorer

TRENDING = "trending in the last hour"
NEW = "new in the last hours"


def weights_of(params: PopularityParams) -> PopularityWeights:
    """The weights as the algorithm takes them.

    Args:
        params: of popularity, from the params file; half-lives are in hours.
    """
    return PopularityWeights(
        tuple(params.half_lives_hours),
        tuple(params.window_weights),
        params.recency_half_life_hours,
        params.recency_weight,
    )


def count(snapshot: Snapshot, params: PopularityParams) -> Popularity:
    """Popularity among all users as of the snapshot.

    Args:
        snapshot: what was known at a moment.
        params: of popularity, from the params file.
    """
    return _popularity(snapshot, weights_of(params))


def _popularity(snapshot: Snapshot, weights: PopularityWeights) -> Popularity:
    return Popularity(snapshot.popularity(weights.half_lives_hours), snapshot.as_of_ms, weights)


def popularity_part(popularity: Popularity, candidates: Candidates) -> tuple[FloatArray, list[str]]:
    """float32 (m) score of every candidate, and whether its reads or its newness contribute more.

    Args:
        popularity: decayed counts.
        candidates: m articles, and the moment.

    Returns:
        The scores, and m reasons: ``TRENDING`` or ``NEW``.
    """
    trend, recency = popularity.trend(candidates), popularity.recency(candidates)
    new = recency - recency.mean() > trend - trend.mean() if len(candidates) else np.zeros(0, bool)
    return trend + recency, [NEW if is_new else TRENDING for is_new in new]


class Popular:
    """Decayed popularity, blended with recency; users with the same reads get the same list."""

    source: ClassVar[str] = "popularity"

    def __init__(self, popularity: Popularity) -> None:
        self.popularity = popularity

    @classmethod
    def fit(cls, snapshot: Snapshot, members: Bools, params: ModelParams) -> "Popular":
        return cls(count(snapshot, params.popularity))

    def renumber(self, users: Renumbering, articles: Renumbering) -> "Popular":
        return self  # nothing fitted depends on rows

    def as_of(self, snapshot: Snapshot, members: Bools) -> "Popular":
        return Popular(_popularity(snapshot, self.popularity.weights))

    def save(self, folder: Path) -> None:
        self.popularity.save(folder / "popularity")

    @classmethod
    def load(cls, folder: Path, params: ModelParams) -> "Popular":
        return cls(Popularity.load(folder / "popularity", weights_of(params.popularity)))

    def over(self, candidates: Candidates) -> Scorer:
        values, reasons = popularity_part(self.popularity, candidates)

        def score(batch: Batch) -> list[Part]:
            return [Part(np.broadcast_to(values, (len(batch), len(values))), reasons)]

        return score
