"""The k highest of many values, without a partition of all."""

import numpy as np

from script_shared.arrays import FloatArray, IntArray

GROUP = 64  # values whose highest one is compared first


def highest(values: FloatArray, k: int) -> IntArray:
    """Places of the k highest values, highest first, equal ones in their order.

    Args:
        values: float (n).
        k: places at most.

    Returns:
        int64 (k, or n if that is less).
    """
    if k <= 0:
        return np.zeros(0, np.int64)
    if k < len(values):
        near = np.flatnonzero(values >= _lower_bound(values, k))
        at = max(len(near) - k, 0)
        best = near[values[near] >= np.partition(values[near], at)[at]] if len(near) else near
    else:
        best = np.arange(len(values))
    return best[np.argsort(-values[best], kind="stable")][:k]


def _lower_bound(values: FloatArray, k: int) -> float:
    """A value that at least k of them reach: the k-th highest of the maxima of groups. One pass, no partition."""
    groups = len(values) // GROUP
    if groups <= k:
        return float("-inf")
    highest = values[: groups * GROUP].reshape(groups, GROUP).max(axis=1)
    found = float(np.partition(highest, groups - k)[groups - k])
    return found if np.isfinite(found) else float("-inf")
