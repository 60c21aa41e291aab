"""Who belongs to which segment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.errors import InputError
from script_shared.news.membership import members, segment_of
from script_shared.news.segments import SEGMENT_NAMES, SEGMENTS, segment_named


@pytest.mark.parametrize(
    ("logged", "reads", "name"),
    [
        (True, 0, "logged"),
        (True, 9, "logged"),
        (False, 2, "semi_logged"),
        (False, 1, "anonymous"),
        (False, 0, "anonymous"),
    ],
)
def test_the_first_match_wins(logged: bool, reads: int, name: str) -> None:
    assert segment_of(logged=logged, reads=reads).name == name


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=20))
def test_every_reader_belongs_to_exactly_one_segment(readers: list[tuple[bool, int]]) -> None:
    logged = np.array([reader[0] for reader in readers], bool)
    reads = np.array([reader[1] for reader in readers], int)
    assert sum(members(name, logged, reads).astype(int) for name in SEGMENT_NAMES).tolist() == [1] * len(readers)


def test_names_and_answers_are_distinct() -> None:
    assert len(set(SEGMENT_NAMES)) == len(SEGMENTS)
    assert len({segment.recommender.source for segment in SEGMENTS}) == len(SEGMENTS)


def test_an_unknown_segment_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="logged, semi_logged, anonymous"):
        segment_named("vip")
