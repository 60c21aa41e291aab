"""The rules of a rollback by the guard: what it may do, and why it does not.

- A release is rolled back once. A person who puts it into service again overrules the guard.
- A pinned release is never rolled back.
- It goes back to the nearest release before, and never past one that a person forced, promoted by hand or pinned.
- After a rollback by the guard, there is none for ``guard.cool_down_hours``.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from script_shared.clock import EARLY_MS
from script_shared.params.loop import GuardParams
from script_shared.releases import Pointer
from script_shared.releases.pins import held_by_person

BY = "guard"
EARLY = timedelta(milliseconds=EARLY_MS)


class Choice(NamedTuple):
    """What the guard may do with a worse release.

    Attributes:
        targets: releases that it may go back to, the nearest first.
        reason: why it may not act; "" if it may.
    """

    targets: list[str]
    reason: str


def choice(pointer: Pointer, params: GuardParams, now: datetime | None = None) -> Choice:
    """Whether the release in service may be rolled back, and to which releases."""
    if not params.act:
        return Choice([], "the guard only measures (guard.act is false)")
    for pin in pointer.pins:
        if pin.version == pointer.version:
            return Choice([], f"{pin.by} pinned the release: {pin.reason}")
    if pointer.version in rolled_back(pointer):
        return Choice([], "the guard rolled this release back once, and it was put into service again")
    now = now or datetime.now(UTC)
    last = last_rollback(pointer, now)
    ends = last + timedelta(hours=params.cool_down_hours) if last else None
    if ends is not None and now < ends:
        return Choice([], f"the guard rolled back at {last:%Y-%m-%d %H:%M} UTC; it may again from {ends:%H:%M} UTC on")
    targets = targets_of(pointer)
    return Choice(targets, "" if targets else "there is no earlier release that it may go back to")


def targets_of(pointer: Pointer) -> list[str]:
    """Earlier releases, nearest first, up to the first that a person chose."""
    held, found = held_by_person(pointer), []
    for version in pointer.earlier():
        found.append(version)
        if version in held:
            break
    return found


def rolled_back(pointer: Pointer) -> set[str]:
    """Releases that the guard has rolled back."""
    moves = zip(pointer.history, pointer.history[1:], strict=False)
    return {left.version for left, move in moves if move.by == BY and move.kind == "rollback"}


def last_rollback(pointer: Pointer, now: datetime | None = None) -> datetime | None:
    """When the guard rolled back last; moves dated ahead were made on a wrong clock and do not count."""
    moves = (move for move in pointer.history if move.by == BY and move.kind == "rollback")
    latest = (now or datetime.now(UTC)) + EARLY
    times = [move.promoted_at for move in moves if move.promoted_at <= latest]
    return times[-1] if times else None
