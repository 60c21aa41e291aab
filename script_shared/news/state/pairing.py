"""Which earlier reads of a user a click is paired with, and how much each pair weighs."""

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from script_shared.news.state.state import LiveState

STEPS_BACK = 8  # clicks of the visit that a click is paired with
EARLIER = 12  # clicks of earlier visits that a click is paired with
STEP = 0.8  # a pair's weight per step back in the visit
AMOUNTS = tuple(STEP**step for step in range(STEPS_BACK))
ONE = (1.0,)


def _other(before: int, row: int) -> bool:
    return before >= 0 and before != row


def pair(state: "LiveState", row: int, place: int, weights: "array[float]") -> None:
    """Take over that the user in a place reads the article in a row, before the read is remembered."""
    row_of, depth = state.articles.row_of, state.readers.depth[place]
    latest = [row_of[number] for number in state.readers.latest(place, depth + EARLIER)]
    back = min(depth, STEPS_BACK)
    befores = [before for before in latest[:back] if before >= 0 and before != row]
    if befores:
        amounts = AMOUNTS[: len(befores)]
        if len(befores) < back:  # each keeps the weight of its own step
            amounts = tuple(AMOUNTS[at] for at in range(back) if _other(latest[at], row))
        if latest[0] == befores[0]:
            state.following.add(befores[:1], row, ONE, weights)
        state.onward.add(befores, row, amounts, weights)
        state.together.add_both(befores, row, amounts, weights)
    if earlier := [before for before in latest[depth:] if before >= 0 and before != row]:
        state.later.add(earlier, row, ONE * len(earlier), weights)
