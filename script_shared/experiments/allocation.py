"""Which users get which variant: a keyed hash gives each user one of 10,000 slots, and variants own intervals of slots.

A change of shares moves as few slots as possible: a variant that shrinks gives up slots from the end of what it has,
and one that grows takes free ones. The key is random, so nobody can choose a variant by choosing a name, and two
experiments divide the users independently.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

SLOTS = 10_000


class Interval(NamedTuple):
    """Slots from ``start`` to before ``stop`` belong to a variant."""

    start: int
    stop: int
    variant: str


def slot_of(unit: str, key: bytes) -> int:
    """The slot of a user or visit, 0 to 9,999; the same in every process, for as long as the key is the same.

    >>> slot_of("user-1", b"key") == slot_of("user-1", b"key")
    True
    """
    return int.from_bytes(blake2b(unit.encode("utf-8", "replace"), key=key, digest_size=8).digest(), "big") % SLOTS


def slots_of(shares: Mapping[str, float]) -> dict[str, int]:
    """Slots of each variant, rounded by the largest remainder, so that shares of 1 in total use all slots.

    >>> slots_of({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3})
    {'a': 3334, 'b': 3333, 'c': 3333}
    """
    exact = {name: share * SLOTS for name, share in shares.items()}
    whole = {name: int(value) for name, value in exact.items()}
    left = round(sum(exact.values())) - sum(whole.values())
    for name in sorted(exact, key=lambda name: (whole[name] - exact[name], name))[: max(0, left)]:
        whole[name] += 1
    return whole


def allocate(shares: Mapping[str, float], before: Sequence[Interval] = ()) -> list[Interval]:
    """The slots of each variant.

    Args:
        shares: of the variants, at most 1 in total.
        before: the slots until now; as few of them as possible change their owner.

    Returns:
        Intervals that do not overlap, by their start.
    """
    wanted = slots_of(shares)
    owners = [""] * SLOTS
    taken = dict.fromkeys(wanted, 0)
    free = [True] * SLOTS
    for interval in before:
        for slot in range(interval.start, interval.stop):
            if taken.get(interval.variant, 0) < wanted.get(interval.variant, 0):
                owners[slot], free[slot] = interval.variant, False
                taken[interval.variant] += 1
    open_slots = iter([slot for slot in range(SLOTS) if free[slot]])
    for name, count in wanted.items():
        for _ in range(count - taken[name]):
            slot = next(open_slots)
            owners[slot], free[slot] = name, False
    return _intervals(owners, free)


def _intervals(owners: Sequence[str], free: Sequence[bool]) -> list[Interval]:
    found: list[Interval] = []
    for slot, owner in enumerate(owners):
        if free[slot]:
            continue
        if found and found[-1].stop == slot and found[-1].variant == owner:
            found[-1] = Interval(found[-1].start, slot + 1, owner)
        else:
            found.append(Interval(slot, slot + 1, owner))
    return found
