"""One list, one story each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.serving.diversity import LOOKED_AT, MOST_MORE, depth, spread

STORIES = {"a1": 0, "a2": 0, "a3": 0, "b1": 1, "b2": 1, "c1": 2}


def similarities(ids):
    return np.array([[1.0 if STORIES[one] == STORIES[other] else 0.0 for other in ids] for one in ids])


def test_copies_of_one_story_give_way_to_others():
    assert spread(["a1", "a2", "a3", "b1", "b2", "c1"], 3, 0.3, similarities) == ["a1", "b1", "c1"]


def test_a_list_of_two_is_of_two_stories():
    assert spread(["a1", "a2", "b1"], 2, 0.3, similarities) == ["a1", "b1"]


def test_the_list_is_filled_with_copies_where_there_is_nothing_else():
    assert spread(["a1", "a2", "b1", "b2"], 4, 0.3, similarities) == ["a1", "b1", "a2", "b2"]


def test_no_diversity_asked_for_changes_nothing():
    assert spread(["a1", "a2", "a3"], 2, 0.0, pytest.fail) == ["a1", "a2"]


@given(st.permutations(list(STORIES)), st.integers(1, 8), st.sampled_from([0.0, 0.3, 1.0]))
def test_the_list_is_as_long_as_it_was_and_holds_only_what_was_ranked(ranked, n, min_diversity):
    chosen = spread(ranked, n, min_diversity, similarities)
    assert len(chosen) == len(set(chosen)) == min(n, len(ranked))
    assert set(chosen) <= set(ranked[: LOOKED_AT * n])
    assert chosen[0] == ranked[0]


def test_replacements_of_a_long_list_are_looked_for_in_a_bounded_part_of_the_ranking():
    assert depth(10) == LOOKED_AT * 10
    assert depth(100) == 100 + MOST_MORE
