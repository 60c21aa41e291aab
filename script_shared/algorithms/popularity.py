"""Popularity: decayed counts in several windows, blended with recency."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.algorithms.histories import Batch, Candidates
from script_shared.arrays import Float32s, FloatArray, IntArray, load_array, save_arrays
from script_shared.clock import HOUR_MS

FORGOTTEN = 24  # half-lives after which a read weighs less than 1e-7 and is not counted


@dataclass(frozen=True)
class PopularityWeights:
    """score = log1p(sum of weight x decayed count) + recency_weight x 2^(-age / recency_half_life)."""

    half_lives_hours: tuple[float, ...]
    window_weights: tuple[float, ...]
    recency_half_life_hours: float
    recency_weight: float


def decayed_counts(
    article: IntArray, time_ms: IntArray, n_articles: int, as_of_ms: int, half_lives_hours: tuple[float, ...]
) -> Float32s:
    """float32 (n_articles, windows): reads of each article, a read h half-lives old counting 2^-h.

    Args:
        article, time_ms: int (n), interactions sorted by time, none later than ``as_of_ms``.
        n_articles: rows of the result.
        as_of_ms: the moment to which counts are decayed, epoch milliseconds, UTC.
        half_lives_hours: of the windows.
    """
    counts = np.zeros((n_articles, len(half_lives_hours)), np.float32)
    for window, hours in enumerate(half_lives_hours):
        first = int(np.searchsorted(time_ms, as_of_ms - FORGOTTEN * hours * HOUR_MS))
        weight = np.exp2((time_ms[first:] - as_of_ms) / (hours * HOUR_MS))
        counts[:, window] = np.bincount(article[first:], weights=weight, minlength=n_articles)
    return counts


class Popularity:
    """Decayed counts of reads per article as of a moment; the same score for every user.

    Attributes:
        counts: float32 (n_articles, windows).
        as_of_ms: the moment the counts are of; at a later moment they have decayed further.
    """

    def __init__(self, counts: Float32s, as_of_ms: int, weights: PopularityWeights) -> None:
        self.counts = counts
        self.as_of_ms = as_of_ms
        self.weights = weights

    @classmethod
    def fit(
        cls, article: IntArray, time_ms: IntArray, n_articles: int, as_of_ms: int, weights: PopularityWeights
    ) -> "Popularity":
        """Count interactions sorted by time, none later than ``as_of_ms``.

        Args:
            article: int (n), article rows.
            time_ms: int (n), epoch milliseconds, UTC, ascending.
            n_articles: rows of the catalog.
            as_of_ms: the moment to which counts are decayed.
            weights: half-lives and their weights.
        """
        counts = decayed_counts(article, time_ms, n_articles, as_of_ms, weights.half_lives_hours)
        return cls(counts, as_of_ms, weights)

    def trend(self, candidates: Candidates) -> Float32s:
        """float32 (m): log1p of the weighted decayed counts.

        Args:
            candidates: m articles, and the moment that counts are decayed to.
        """
        return self.trend_of(self.counts[candidates.rows], candidates.now_ms)

    def trend_of(self, counts: Float32s, now_ms: int) -> Float32s:
        """The same from the counts of some articles.

        Args:
            counts: float32 (m, windows), rows of ``counts``.
            now_ms: the moment that counts are decayed to, epoch milliseconds, UTC.

        Returns:
            float32 (m).
        """
        return np.log1p(np.ascontiguousarray(counts) @ self.weights_at(now_ms))

    def weights_at(self, now_ms: int) -> Float32s:
        """float32 (windows): what one read counted in ``counts`` weighs now."""
        elapsed = (now_ms - self.as_of_ms) / HOUR_MS
        fading = np.exp2(-elapsed / np.array(self.weights.half_lives_hours))
        return (fading * np.array(self.weights.window_weights)).astype(np.float32)

    def recency(self, candidates: Candidates) -> Float32s:
        """float32 (m): weighted recency, recency_weight for an article published now, half that a half-life later.

        Args:
            candidates: m articles with their age in hours.
        """
        half_life = np.float32(self.weights.recency_half_life_hours)
        return np.float32(self.weights.recency_weight) * np.exp2(-candidates.age_hours / half_life)

    def over(self, candidates: Candidates) -> Callable[[Batch], FloatArray]:
        """Prepare the candidates once; the answer scores batches of n users: float32 (n, m).

        Args:
            candidates: m articles, and the moment that counts are decayed to.

        Returns:
            a function from a batch of n users to float32 (n, m), the same row for each user.
        """
        values = self.trend(candidates) + self.recency(candidates)
        return lambda batch: np.broadcast_to(values, (len(batch), len(values)))

    def save(self, folder: Path) -> None:
        """Write the counts and their moment; the weights are params and stored with them.

        Args:
            folder: made when missing.
        """
        save_arrays(folder, {"counts": self.counts, "as_of_ms": np.array([self.as_of_ms])})

    @classmethod
    def load(cls, folder: Path, weights: PopularityWeights) -> "Popularity":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.
            weights: from the params that are stored beside it.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(load_array(folder, "counts"), int(load_array(folder, "as_of_ms")[0]), weights)
