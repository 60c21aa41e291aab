"""Does a higher score mean a better outcome? Correlations with the grade of decided applications."""

from collections.abc import Callable, Mapping

import numpy as np

from pipelines.recruiting.evaluation.figures import Figure
from pipelines.recruiting.evaluation.inside import interval_by_vacancy
from pipelines.recruiting.evaluation.replayed import DecidedApplications
from script_shared.arrays import FloatArray, IntArray

FEWEST = 10  # applications that a correlation needs


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


CORRELATIONS: Mapping[str, Callable[[FloatArray, FloatArray], float]] = {"pearson": pearson, "spearman": spearman}


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
        for metric in CORRELATIONS:
            value, low, high = _measure(CORRELATIONS[metric], own, grade, vacancy, resamples, seed)
            result.append(Figure(model, metric, value, low, high, len(known)))
    return result


def _measure(
    measure: Callable[[FloatArray, FloatArray], float],
    own: FloatArray,
    grade: FloatArray,
    vacancy: IntArray,
    resamples: int,
    seed: int,
) -> tuple[float, float, float]:
    interval = interval_by_vacancy(lambda rows: measure(own[rows], grade[rows]), vacancy, resamples, seed)
    return measure(own, grade), *interval
