"""Which earlier reads of a user a click is paired with, and how much each pair weighs."""

from collections.abc import Sequence

STEPS_BACK = 8  # clicks of the visit that a click is paired with
EARLIER = 12  # clicks of earlier visits that a click is paired with
STEP = 0.8  # a pair's weight per step back in the visit
AMOUNTS = tuple(STEP**step for step in range(STEPS_BACK))
ONE = (1.0,)


def amounts_of(row: int, latest: Sequence[int], back: int) -> tuple[float, ...]:
    """Weights of the pairs with the last ``back`` reads, without those that make no pair; each keeps that of its step.

    Args:
        row: of the article that is read.
        latest: rows of the user's latest reads, latest first, -1 for those that are not alive.

    >>> amounts_of(5, [3, -1, 4, 7], 3)
    (1.0, 0.6400000000000001)
    """
    return tuple(AMOUNTS[at] for at in range(back) if latest[at] >= 0 and latest[at] != row)
