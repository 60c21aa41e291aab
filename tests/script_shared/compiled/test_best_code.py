"""Compiled code finds the same highest scores as array operations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.compiled import library
from script_shared.compiled.best_code import best_places

SCORES = st.lists(st.sampled_from([-np.inf, -2.0, 0.0, 0.5, 1.0, 7.0]) | st.floats(-1e6, 1e6, width=32), max_size=60)


@given(scores=SCORES, most=st.integers(0, 70))
def test_places_are_those_of_a_stable_sort(scores: list[float], most: int) -> None:
    values = np.array(scores, np.float32)
    found = best_places(values, most, -np.inf)
    if found is None:
        pytest.skip(library.MISSING)
    order = np.argsort(-values, kind="stable")[:most]
    assert found.tolist() == order[values[order] > -np.inf].tolist()
