"""Which earlier reads of a user a click is paired with, and how much each pair weighs."""

from collections.abc import Sequence
from typing import NamedTuple

STEPS_BACK = 8  # clicks of the visit that a click is paired with
EARLIER = 12  # clicks of earlier visits that a click is paired with
STEP = 0.8  # a pair's weight per step back in the visit
AMOUNTS = tuple(STEP**step for step in range(STEPS_BACK))


class Pairs(NamedTuple):
    """What was read before one click, as rows, latest first.

    Attributes:
        next: the article read just before it, none where that is not alive.
        visit: those of the visit; amounts: how much each of these pairs weighs.
        earlier: those of earlier visits.
    """

    next: Sequence[int]
    visit: Sequence[int]
    amounts: Sequence[float]
    earlier: Sequence[int]


def pairs_of(row: int, latest: Sequence[int], depth: int) -> Pairs:
    """The pairs of a click on the article of a row.

    Args:
        latest: rows of the user's latest reads, latest first, -1 for those that are not alive.
        depth: so many of them are of the visit under way.

    >>> pairs_of(5, [3, -1, 4, 7], 3)
    Pairs(next=[3], visit=[3, 4], amounts=(1.0, 0.6400000000000001), earlier=[7])
    """
    back = min(depth, STEPS_BACK)
    visit = [before for before in latest[:back] if before >= 0 and before != row]
    amounts = AMOUNTS[: len(visit)]
    if visit and len(visit) < back:  # each keeps the weight of its own step
        amounts = tuple(AMOUNTS[at] for at in range(back) if latest[at] >= 0 and latest[at] != row)
    following = visit[:1] if visit and latest[0] == visit[0] else []
    return Pairs(following, visit, amounts, [before for before in latest[depth:] if before >= 0 and before != row])
