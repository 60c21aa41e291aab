"""Does a higher score mean a better outcome? Correlations with the grade of decided applications."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from pipelines.recruiting.evaluation.figures import Figure
from pipelines.recruiting.evaluation.inside import interval_by_vacancy
from pipelines.recruiting.evaluation.replayed import DecidedApplications
from script_shared.arrays import FloatArray

FEWEST = 10  # applications that a correlation needs
SAME = 1e-18  # product of the squared differences, below which the values of one side do not vary


def pearson(first: FloatArray, second: FloatArray) -> float:
    """Pearson's correlation; nan where one of the two does not vary.

    >>> pearson(np.array([1.0, 2.0, 3.0]), np.array([3.0, 5.0, 7.0]))
    1.0
    """
    if len(first) < 2:
        return float("nan")
    one, other = first - first.mean(), second - second.mean()
    length = float(np.sqrt((one @ one) * (other @ other)))
    return round(float(one @ other) / length, 12) if length > 0 else float("nan")


def spearman(first: FloatArray, second: FloatArray) -> float:
    """Spearman's correlation: Pearson's of the ranks, equal values with their mean rank.

    >>> spearman(np.array([1.0, 2.0, 9.0]), np.array([3.0, 5.0, 6.0]))
    1.0
    """
    from scipy.stats import rankdata

    return pearson(rankdata(first), rankdata(second))


def resampled_pearson(first: FloatArray, second: FloatArray, weights: FloatArray) -> FloatArray:
    """Pearson's correlation of many resamples at once.

    Args:
        first, second: float (n), or (resamples, n) where the values of each resample differ.
        weights: float64 (resamples, n), how often each case was drawn.

    Returns:
        float64 (resamples), nan where one of the two does not vary.
    """
    size = weights.sum(axis=1, keepdims=True)
    one, other = (each - (weights * each).sum(axis=1, keepdims=True) / size for each in (first, second))
    spread = (weights * one**2).sum(axis=1) * (weights * other**2).sum(axis=1)
    found = np.full(len(weights), np.nan)
    return np.divide((weights * one * other).sum(axis=1), np.sqrt(spread), out=found, where=spread > SAME)


def resampled_spearman(first: FloatArray, second: FloatArray, weights: FloatArray) -> FloatArray:
    """Spearman's correlation of many resamples at once; see ``resampled_pearson``."""
    return resampled_pearson(_resampled_ranks(first, weights), _resampled_ranks(second, weights), weights)


def _resampled_ranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    """float64 (resamples, n): rank of each value among those drawn, equal values with their mean rank."""
    _, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    drawn = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks: FloatArray = (np.cumsum(drawn, axis=1) - (drawn - 1) / 2)[:, place]
    return ranks


Measure = Callable[[FloatArray, FloatArray], float]
Resampled = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
CORRELATIONS: Mapping[str, tuple[Measure, Resampled]] = {
    "pearson": (pearson, resampled_pearson),
    "spearman": (spearman, resampled_spearman),
}


def correlation_figures(
    found: DecidedApplications, scores: Mapping[str, FloatArray], resamples: int, seed: int
) -> list[Figure]:
    """Correlations of each model with the grades of the applications that have one, with intervals by vacancy."""
    result = []
    for model, score in scores.items():
        known = np.flatnonzero((found.grade >= 0) & ~np.isnan(score))
        if len(known) < FEWEST:
            continue
        own, grade, vacancy = score[known], found.grade[known].astype(float), found.vacancy[known]
        for metric, (measure, resampled) in CORRELATIONS.items():
            low, high = interval_by_vacancy(partial(resampled, own, grade), vacancy, resamples, seed)
            result.append(Figure(model, metric, measure(own, grade), low, high, len(known)))
    return result
