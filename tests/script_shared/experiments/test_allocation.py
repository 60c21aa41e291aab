"""Users are divided by shares, stay where they are, and as few as possible move when shares change."""

import subprocess
import sys
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.experiments.allocation import SLOTS, Interval, allocate, slot_of, slots_of

NAMES = ("a", "b", "c", "d")


@st.composite
def shares(draw: st.DrawFn) -> dict[str, float]:
    parts = draw(st.lists(st.floats(0, 1), min_size=len(NAMES) + 1, max_size=len(NAMES) + 1))
    total = sum(parts) or 1.0
    return {name: part / total for name, part in zip(NAMES, parts, strict=False)}


def owners(intervals: list[Interval]) -> list[str]:
    found = [""] * SLOTS
    for interval in intervals:
        for slot in range(interval.start, interval.stop):
            assert not found[slot], "two variants own a slot"
            found[slot] = interval.variant
    return found


@settings(max_examples=20, deadline=None)
@given(st.lists(shares(), min_size=1, max_size=3))
def test_after_any_changes_each_variant_has_its_share_and_no_more_slots_moved_than_had_to(
    changes: list[dict[str, float]],
) -> None:
    before: list[Interval] = []
    for wanted in changes:
        after = allocate(wanted, before)
        counts = Counter(owners(after))
        assert {name: counts[name] for name in NAMES} == slots_of(wanted)
        old, new = owners(before), owners(after)
        had = Counter(old)
        lost = sum(max(0, had[name] - counts[name]) for name in NAMES)
        left = sum(1 for one, other in zip(old, new, strict=True) if one and one != other)
        assert left == lost
        before = after


@settings(deadline=None)
@given(shares())
def test_slots_differ_from_the_shares_by_less_than_one(wanted: dict[str, float]) -> None:
    for name, slots in slots_of(wanted).items():
        assert abs(slots - wanted[name] * SLOTS) < 1
    assert sum(slots_of(wanted).values()) <= SLOTS


def test_half_of_the_users_move_from_a_variant_that_loses_half_of_its_share() -> None:
    before = allocate({"a": 0.5, "b": 0.5})
    after = allocate({"a": 0.25, "b": 0.5}, before)
    key = b"k" * 16
    users = [f"user {number}" for number in range(4_000)]
    was, now = owners(before), owners(after)
    moved = [user for user in users if was[slot_of(user, key)] != now[slot_of(user, key)]]
    assert all(was[slot_of(user, key)] == "a" for user in moved)
    assert 0.2 < len(moved) / len(users) < 0.3


def test_another_process_finds_the_same_slots() -> None:
    users = ["ana", "session v-1", "josé", "\ud800"]
    code = (
        "from script_shared.experiments.allocation import slot_of\n"
        f"print([slot_of(user, b'key') for user in {users!r}])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == str([slot_of(user, b"key") for user in users])


def test_two_keys_divide_the_users_independently() -> None:
    users = [f"u{number}" for number in range(4_000)]
    pairs = Counter((slot_of(user, b"1") < 5_000, slot_of(user, b"2") < 5_000) for user in users)
    assert all(900 < count < 1_100 for count in pairs.values()), pairs
