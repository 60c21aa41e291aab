"""Figures with 95 % intervals by case or by group of cases, and paired differences to the candidate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.measures.bootstrap import interval, means, resampled_group_means, resampled_means
from script_shared.arrays import FloatArray

CANDIDATE = "candidate"


@dataclass(frozen=True)
class Figure:
    """One measure of one model; nan where it cannot be measured."""

    model: str
    metric: str
    value: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True)
class Difference:
    """One measure of the candidate minus that of another model, paired by case."""

    reference: str
    metric: str
    value: float
    low: float
    high: float


Values = Mapping[str, Mapping[str, Sequence[float]]]  # model to metric to the value of each case


def rank_values(place: FloatArray) -> dict[str, FloatArray]:
    """Measures of places, by name.

    >>> {name: values.tolist() for name, values in rank_values(np.array([0.0, 12.0])).items()}
    {'hr_at_10': [1.0, 0.0], 'mrr_at_10': [1.0, 0.0], 'ndcg_at_10': [1.0, 0.0]}
    """
    inside = place < 10
    return {
        "hr_at_10": inside.astype(float),
        "mrr_at_10": np.where(inside, 1 / (place + 1), 0.0),
        "ndcg_at_10": np.where(inside, 1 / np.log2(place + 2), 0.0),
    }


def figures(
    values: Values, resamples: int, seed: int, groups: Sequence[int] | None = None
) -> tuple[list[Figure], list[Difference]]:
    """Every figure of every model, and the differences of the candidate to all others.

    Args:
        values: all models have the same metrics, with the same cases in the same order; nan where a case has none.
        groups: of each case; cases of a group, such as those of one person, are drawn together. None: single cases.
    """
    keys = [(model, metric) for model, metrics in values.items() for metric in metrics]
    if not keys:
        return [], []
    matrix = np.stack([np.asarray(values[model][metric], float) for model, metric in keys], axis=1)
    drawn = (
        resampled_means(matrix, resamples, seed)
        if groups is None
        else resampled_group_means(matrix, np.asarray(groups), resamples, seed)
    )
    value, (low, high) = means(matrix), interval(drawn)
    cases = (~np.isnan(matrix)).sum(axis=0)
    rows = zip(keys, value, low, high, cases, strict=True)
    found = [Figure(*key, float(v), float(a), float(b), int(n)) for key, v, a, b, n in rows]
    return found, _differences(keys, value, drawn)


def _differences(keys: list[tuple[str, str]], value: FloatArray, drawn: FloatArray) -> list[Difference]:
    place = {key: at for at, key in enumerate(keys)}
    found = []
    for model, metric in keys:
        if model == CANDIDATE or (CANDIDATE, metric) not in place:
            continue
        own, other = place[CANDIDATE, metric], place[model, metric]
        low, high = interval(drawn[:, [own]] - drawn[:, [other]])
        gap = float(value[own] - value[other])
        found.append(Difference(model, metric, gap, float(low[0]), float(high[0])))
    return found
