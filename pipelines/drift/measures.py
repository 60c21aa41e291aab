"""Measures of how far two samples of one column differ."""

import numpy as np

from pipelines.measures.stability import index
from script_shared.arrays import FloatArray, IntArray

BINS = 10


def stability_index(before: IntArray, now: IntArray) -> float:
    """Population stability index of counts in the same bins: sum of (share - share before) x log of their ratio.

    Args:
        before: int (bins), counts of the old sample.
        now: int (bins), counts of the new one.

    >>> round(stability_index(np.array([50, 50]), np.array([80, 20])), 3)
    0.416
    """
    return index(before / max(before.sum(), 1), now / max(now.sum(), 1))


def by_chance(before: IntArray, now: IntArray) -> float:
    """The stability index that two samples of these sizes exceed once in a hundred times without any drift.

    Between samples of one distribution it is distributed as chi-squared, divided by the harmonic size (Yurdakul, 2018).
    """
    from scipy.stats import chi2

    bins = int(((before + now) > 0).sum())
    sizes = 1 / max(before.sum(), 1) + 1 / max(now.sum(), 1)
    return float(chi2.ppf(0.99, max(bins - 1, 1)) * sizes)


def edges_of(before: FloatArray) -> FloatArray:
    """Inner edges of ten bins with equally many values each; nan is left out."""
    old = before[~np.isnan(before)]
    edges: FloatArray = np.unique(np.quantile(old, np.linspace(0, 1, BINS + 1)[1:-1])) if len(old) else np.zeros(0)
    return edges


def counts_of_numbers(values: FloatArray, edges: FloatArray) -> IntArray:
    """Counts in the bins between the edges, and in a bin of missing values (nan) at the end."""
    present = values[~np.isnan(values)]
    inside = np.bincount(np.searchsorted(edges, present, side="left"), minlength=len(edges) + 1)
    return np.append(inside, len(values) - len(present))


def names_of_bins(edges: FloatArray) -> tuple[str, ...]:
    """Names of the bins of ``counts_of_numbers``.

    >>> names_of_bins(np.array([1.0, 2.5]))
    ('to 1', 'to 2.5', 'above 2.5', 'missing')
    """
    if not len(edges):
        return ("all", "missing")
    return (*(f"to {edge:.4g}" for edge in edges), f"above {edges[-1]:.4g}", "missing")


def shares(counts: IntArray) -> tuple[float, ...]:
    """Counts as shares of their sum."""
    return tuple(round(float(share), 6) for share in counts / max(counts.sum(), 1))


def largest_gap(before: FloatArray, now: FloatArray) -> float:
    """Kolmogorov-Smirnov distance: the largest gap of the two cumulated shares; nan without values on a side.

    Args:
        before: float (n), the old sample; nan is left out.
        now: float (m), the new one.

    >>> largest_gap(np.array([1.0, 2, 3, 4]), np.array([3.0, 4, 5, 6]))
    0.5
    """
    old, new = (np.sort(values[~np.isnan(values)]) for values in (before, now))
    if not len(old) or not len(new):
        return float("nan")
    every = np.concatenate([old, new])
    shares = [np.searchsorted(values, every, side="right") / len(values) for values in (old, new)]
    return float(np.abs(shares[0] - shares[1]).max())


def standardised_change(before: FloatArray, now: FloatArray) -> float:
    """Change of the mean in standard deviations (Cohen's d); nan where one side has no two values, or none differ.

    Args:
        before: float (n), the old sample; nan is left out.
        now: float (m), the new one.
    """
    old, new = (values[~np.isnan(values)] for values in (before, now))
    if len(old) < 2 or len(new) < 2:
        return float("nan")
    spread = float(np.sqrt((old.var(ddof=1) + new.var(ddof=1)) / 2))
    return float((new.mean() - old.mean()) / spread) if spread > 0 else float("nan")


def association(before: IntArray, now: IntArray) -> float:
    """Cramér's V of column and sample, 0 to 1, of counts in the same categories; nan where a side is empty."""
    table = np.stack([before, now]).astype(float)
    table = table[:, table.sum(axis=0) > 0]
    if not (table.sum(axis=1) > 0).all() or table.shape[1] < 2:
        return float("nan")
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return float(np.sqrt(((table - expected) ** 2 / expected).sum() / table.sum()))
