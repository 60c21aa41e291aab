"""Adding, leaving out, ordering, cutting."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from script_shared.news.recommenders.base import Part
from script_shared.news.recommenders.scoring import NEVER, best, fill, top, total


def test_parts_are_added_and_ties_go_to_the_earlier_candidate() -> None:
    part = Part(np.array([[1, 2, 2, 0]], np.float32), ["a"] * 4)
    scores = total([part, part])
    np.testing.assert_allclose(scores, [[2, 4, 4, 0]], atol=1e-5)
    assert top(scores, 3).tolist() == [[1, 2, 0]]


def test_fewer_candidates_than_wanted_are_padded() -> None:
    scores = np.array([[1.0, NEVER, 3.0], [NEVER, NEVER, NEVER]], np.float32)
    assert top(scores, 4).tolist() == [[2, 0, -1, -1], [-1, -1, -1, -1]]
    assert top(np.zeros((2, 0), np.float32), 3).tolist() == [[-1] * 3] * 2


@given(arrays(np.float32, 17, elements=st.sampled_from([0.0, 1.0, 2.0, float(NEVER)])), st.integers(1, 20))
def test_the_best_of_one_reader_are_the_first_of_many(scores: np.ndarray, n: int) -> None:
    scores = scores - np.arange(17, dtype=np.float32) * np.float32(1e-4)  # as total settles ties
    first = top(scores[None, :], n)[0]
    assert best(scores, n).tolist() == first[first >= 0].tolist()


@given(arrays(np.float32, (3, 17), elements=st.floats(-5, 5, width=32)), st.integers(1, 20))
def test_top_agrees_with_sorting(scores: np.ndarray, n: int) -> None:
    values = np.take_along_axis(scores, np.maximum(top(scores, n), 0), axis=1)[:, : min(n, 17)]
    np.testing.assert_array_equal(values, -np.sort(-scores, axis=1)[:, :n])


def test_filling_skips_what_was_read_or_excluded() -> None:
    assert fill(np.arange(10), 3, np.array([0, 2, 50]), np.array([1])).tolist() == [3, 4, 5]
    assert fill(np.arange(3), 3, np.array([0, 1]), np.array([], int)).tolist() == [2]
