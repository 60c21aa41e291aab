"""Places drawn with known probabilities: the logged ones are the exact ones, sum to 1, and can be computed again."""

from collections import Counter
from itertools import permutations
from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.errors import InputError
from script_shared.exploration.draws import Draw, chances, draw, drawn_ranks, list_chance
from script_shared.exploration.randomization import MOST, Randomization

hows = st.builds(
    Randomization,
    share=st.floats(0, 1),
    places=st.integers(1, 3),
    extra=st.integers(0, 2),
    temperature=st.floats(0.1, 1000),
)


@settings(deadline=None)
@given(hows)
def test_the_chances_of_all_lists_sum_to_one_and_give_the_chances_of_the_places(how):
    size = how.places + how.extra
    lists = {ranks: list_chance(how, size, ranks) for ranks in permutations(range(size), how.places)}
    assert sum(lists.values()) == pytest.approx(1)
    by_place = np.zeros((size, how.places))
    for ranks, chance in lists.items():
        by_place[list(ranks), range(how.places)] += chance
    assert chances(how, size, how.places) == pytest.approx(by_place)


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 1), st.integers(1, MOST), st.integers(0, MOST), st.floats(0.1, 1000))
def test_each_place_has_one_article_for_certain_and_each_article_at_most_one_place(share, size, places, temperature):
    places = min(size, places)
    found = chances(Randomization(share, places, size - places, temperature), size, places)
    assert found.sum(axis=0) == pytest.approx(np.ones(places))
    assert (found.sum(axis=1) <= 1 + 1e-9).all()
    assert (found >= 0).all()


def test_the_draws_of_many_seeds_are_as_frequent_as_their_chances_say():
    how, runs = Randomization(0.7, 2, 2, 1.5), 20_000
    drawn = Counter(drawn_ranks(how, 4, 2, number.to_bytes(8, "big")) for number in range(runs))
    for ranks in permutations(range(4), 2):
        chance = list_chance(how, 4, ranks)
        assert abs(drawn[ranks] / runs - chance) < 4.5 * sqrt(chance * (1 - chance) / runs), ranks


def test_the_chance_of_a_list_is_that_of_its_choices():
    how = Randomization(0.5, 2, 1, 2.0)
    a, b, c = 1.0, exp(-1 / 2), exp(-1.0)
    assert list_chance(how, 3, [2, 0]) == pytest.approx(0.5 * c / (a + b + c) * a / (a + b))
    assert list_chance(how, 3, [0, 1]) == pytest.approx(0.5 + 0.5 * a / (a + b + c) * b / (b + c))


@given(
    hows, st.lists(st.text(min_size=1), unique=True, max_size=9), st.integers(1, 8), st.binary(min_size=8, max_size=8)
)
def test_a_drawn_list_keeps_its_head_and_can_be_computed_again(how, ordered, n, seed):
    pages, outcome = draw(how, ordered, n, seed)
    length = min(n, len(ordered))
    head = max(length - how.places, 0)
    assert len(pages) == len(set(pages)) == length
    assert pages[:head] == ordered[:head]
    assert outcome.candidates(pages) == ordered[head : n + how.extra]
    assert outcome.is_of(seed)
    assert (draw(how, ordered, n, seed)) == (pages, outcome)
    assert outcome.chance() == pytest.approx(list_chance(how, outcome.size, outcome.ranks))
    exact = chances(how, outcome.size, len(outcome.ranks))
    assert outcome.place_chances().tolist() == [exact[rank, at] for at, rank in enumerate(outcome.ranks)]


def test_a_seed_draws_the_same_on_every_machine_and_in_every_version():
    """Served lists of earlier versions are computed again, so these must never change."""
    how = Randomization(0.9, 4, 2, 3.0)
    assert [drawn_ranks(how, 6, 4, bytes([number] * 8)) for number in range(4)] == [
        (0, 1, 2, 3),
        (1, 4, 2, 0),
        (0, 3, 2, 5),
        (0, 2, 1, 3),
    ]


def test_another_seed_is_not_taken_for_the_one_of_the_draw():
    how = Randomization(1.0, 4, 4, 100.0)
    outcome = draw(how, list("abcdefgh"), 4, b"12345678")[1]
    assert sum(outcome.is_of(number.to_bytes(8, "big")) for number in range(500)) < 5


def test_without_a_share_every_list_keeps_its_order():
    how = Randomization(0.0, 3, 2, 1.0)
    pages, outcome = draw(how, list("abcde"), 3, b"12345678")
    assert (pages, outcome.ranks, outcome.chance()) == (list("abc"), (0, 1, 2), 1.0)
    assert outcome.place_chances().tolist() == [1.0, 1.0, 1.0]


def test_too_many_candidates_are_refused():
    with pytest.raises(InputError, match="too many"):
        chances(Randomization(1.0, 10, 9, 1.0), MOST + 1, 10)


@pytest.mark.parametrize("text", ["", "draw 0.1 4 2", "draw x 4 2 1.0", "other 0.1 4 2 1.0"])
def test_a_text_of_another_form_is_refused(text):
    with pytest.raises(InputError, match="no randomization"):
        Randomization.of(text)


@given(hows)
def test_settings_come_back_from_their_text(how):
    assert Randomization.of(how.text) == how
    assert Draw(how, (), []).size == 0
