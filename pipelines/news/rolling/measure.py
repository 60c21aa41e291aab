"""Measures of ranks: hit rates and gains with 95 % intervals by resampling users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import FloatArray, IntArray

MISSED = 1_000_000
MEASURES = ("HR@10", "MRR@10", "HR@20", "NDCG@20")


@dataclass(frozen=True)
class Figure:
    """One measure of one model on one group of clicks."""

    model: str
    group: str
    measure: str
    value: float
    low: float
    high: float
    clicks: int


def gains(ranks: IntArray) -> FloatArray:
    """(n, 4): HR@10, MRR@10, HR@20 and NDCG@20 of ranks counted from 0; ``MISSED`` where the article is not there.

    >>> gains(np.array([0, 9, 10, MISSED])).round(2).tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 0.1, 1.0, 0.29], [0.0, 0.0, 1.0, 0.28], [0.0, 0.0, 0.0, 0.0]]
    """
    place = ranks + 1.0
    ten, twenty = ranks < 10, ranks < 20
    return np.stack([ten, ten / place, twenty, twenty / np.log2(place + 1.0)], axis=1)


def rank_of(scores: FloatArray, truth: int) -> int:
    """Rank of one candidate by score, from 0; equal scores count as better. ``MISSED`` for -1."""
    return int((scores >= scores[truth]).sum()) - 1 if truth >= 0 else MISSED


def rank_in(articles: Sequence[str], wanted: str) -> int:
    """Rank of an article in a list, ``MISSED`` when it is not there."""
    return articles.index(wanted) if wanted in articles else MISSED


def figures(
    ranks: Mapping[str, IntArray], users: IntArray, groups: Mapping[str, IntArray], resamples: int, seed: int
) -> list[Figure]:
    """Every measure of every model on every group of clicks.

    Args:
        ranks: by model (n) ranks of the same n clicks.
        users: (n) whose click it is.
        groups: by name bool (n).
        resamples: of users, for the intervals; the same for all models.
    """
    result = []
    for group, member in groups.items():
        _, owner = np.unique(users[member], return_inverse=True)
        for model, of in ranks.items():
            values = gains(of[member])
            low, high = _interval(values, owner, resamples, seed)
            columns = zip(MEASURES, values.mean(axis=0) if len(values) else [np.nan] * 4, low, high, strict=True)
            result += [
                Figure(model, group, name, float(v), float(a), float(b), len(values)) for name, v, a, b in columns
            ]
    return result


def ahead(
    ranks: IntArray, other: IntArray, users: IntArray, resamples: int, seed: int
) -> dict[str, tuple[float, float, float]]:
    """How far one model is ahead of another on the same clicks: by measure the mean gain and its 95 % interval."""
    _, owner = np.unique(users, return_inverse=True)
    values = gains(ranks) - gains(other)
    low, high = _interval(values, owner, resamples, seed)
    means = values.mean(axis=0) if len(values) else np.full(len(MEASURES), np.nan)
    columns = zip(MEASURES, means, low, high, strict=True)
    return {name: (float(mean), float(a), float(b)) for name, mean, a, b in columns}


def _interval(values: FloatArray, owner: IntArray, resamples: int, seed: int) -> tuple[FloatArray, FloatArray]:
    if not len(values) or not resamples:
        return np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    n = int(owner.max()) + 1
    sums = np.stack([np.bincount(owner, column, n) for column in (*values.T, np.ones(len(values)))])
    draw = np.random.default_rng(seed)
    drawn = np.empty((resamples, values.shape[1]))
    for row in drawn:
        total = sums @ np.bincount(draw.integers(0, n, n), minlength=n)
        row[:] = total[:-1] / max(total[-1], 1.0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return low, high


def table(rows: list[Figure], group: str) -> str:
    """The figures of one group as a table for people."""
    models = list(dict.fromkeys(row.model for row in rows))
    clicks = next((row.clicks for row in rows if row.group == group), 0)
    lines = [f"{group} ({clicks:,} clicks)", f"{'':<34}" + "".join(f"{name:>24}" for name in MEASURES)]
    for model in models:
        mine = {row.measure: row for row in rows if row.group == group and row.model == model}
        cells = (f"{mine[m].value:.3f} [{mine[m].low:.3f}, {mine[m].high:.3f}]" for m in MEASURES)
        lines.append(f"{model:<34}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)
