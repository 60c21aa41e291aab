"""Which earlier reads of a user a click is paired with, and how much each pair weighs."""

from array import array
from collections.abc import Sequence

STEPS_BACK = 8  # clicks of the visit that a click is paired with
EARLIER = 12  # clicks of earlier visits that a click is paired with
STEP = 0.8  # a pair's weight per step back in the visit
AMOUNTS = array("f", [STEP**step for step in range(STEPS_BACK)])
ONES = array("f", [1.0] * (STEPS_BACK + EARLIER))


def amounts_of(row: int, latest: Sequence[int], back: int) -> "array[float]":
    """Weights of the pairs with the last ``back`` reads, by step; reads that make no pair are left out.

    Args:
        row: of the article that is read.
        latest: rows of the user's latest reads, latest first, -1 for those that are not alive.
        back: how many of these reads make pairs.

    Returns:
        float32, one for each pair, in the order of ``latest``.

    >>> amounts_of(5, [3, -1, 4, 7], 3).tolist()
    [1.0, 0.6399999856948853]
    """
    return array("f", [AMOUNTS[at] for at in range(back) if latest[at] >= 0 and latest[at] != row])
