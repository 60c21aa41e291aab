"""The population stability index: how far the shares of now are from the shares of before."""

import numpy as np

from script_shared.arrays import FloatArray

FLOOR = 1e-3  # share that an empty bin counts as


def index(before: FloatArray, now: FloatArray) -> float:
    """Sum over the bins of (now - before) x ln(now / before).

    Args:
        before: float (bins), shares that sum to 1; shares below ``FLOOR`` count as ``FLOOR``.
        now: float (bins), the same bins.

    Returns:
        the population stability index, 0 for equal shares, without an upper limit.

    >>> index(np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    0.0
    """
    old, new = np.maximum(before, FLOOR), np.maximum(now, FLOOR)
    return float(((new - old) * np.log(new / old)).sum())
