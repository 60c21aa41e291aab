"""Team draft: the merged list is fair, complete and without repetitions."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from script_shared.experiments.interleaving import NOBODY, team_draft

LISTS = st.lists(st.integers(0, 30), unique=True, max_size=15)


@given(LISTS, LISTS, st.integers(1, 20), st.integers(0, 1_000))
def test_the_list_is_as_long_as_it_can_be_and_each_side_has_its_best_left_article(
    first: list[int], second: list[int], n: int, seed: int
) -> None:
    found, owners = team_draft(first, second, n, Random(seed))
    assert len(found) == len(set(found)) == len(owners) == min(n, len(set(first) | set(second)))
    for place, (item, owner) in enumerate(zip(found, owners, strict=True)):
        mine = (first, second)[owner]
        assert item == next(each for each in mine if each not in found[:place])
    if all(len(each) >= n for each in (first, second)) and not set(first) & set(second):
        assert abs(2 * sum(owners) - len(owners)) <= 1


def test_each_side_gets_half_of_the_clicks_when_both_lists_are_the_same() -> None:
    draw, same = Random(5), list(range(10))
    clicks = [team_draft(same, same, 10, draw)[1][place] for place in (0, 1, 4) for _ in range(4_000)]
    assert abs(sum(clicks) / len(clicks) - 0.5) < 0.015


def test_the_better_list_gets_all_clicks_on_what_it_alone_has() -> None:
    found, owners = team_draft(["x", "a", "b"], ["a", "b", "c"], 4, Random(3))
    assert owners[found.index("x")] == 0


@given(LISTS, LISTS, st.integers(1, 20), st.integers(0, 1_000), st.sets(st.integers(0, 12), max_size=3))
def test_fixed_items_have_their_places_and_the_others_are_drafted_around_them(
    first: list[int], second: list[int], n: int, seed: int, places: set[int]
) -> None:
    fixed = {place: 100 + place for place in places}
    found, owners = team_draft(first, second, n, Random(seed), fixed)
    held = {place: item for place, item in fixed.items() if place < n}
    assert len(found) == len(set(found)) == len(owners) == min(n, len(set(first) | set(second)) + len(held))
    for place, item in held.items():
        assert found.index(item) == place or len(found) < n
        assert owners[found.index(item)] == NOBODY
    free = [(item, owner) for item, owner in zip(found, owners, strict=True) if owner != NOBODY]
    for at, (item, owner) in enumerate(free):
        before = [each for each, _ in free[:at]]
        assert item == next(each for each in (first, second)[owner] if each not in before)
