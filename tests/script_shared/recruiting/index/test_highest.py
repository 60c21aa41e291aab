"""The highest of many values are found without sorting all of them, equal ones in their order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from script_shared.recruiting.index.highest import GROUP, highest


@given(
    seed=st.integers(0, 10_000),
    size=st.integers(0, 40 * GROUP),
    k=st.integers(0, 50),
    kinds=st.integers(1, 10_000),
    dead=st.floats(0, 1),
)
def test_the_highest_values_are_those_of_a_stable_sort(seed: int, size: int, k: int, kinds: int, dead: float) -> None:
    draw = np.random.default_rng(seed)
    values = draw.integers(0, kinds, size).astype(np.float32)
    values[draw.random(size) < dead] = -np.inf
    found = values[highest(values, k)]
    best = np.argsort(-values, kind="stable")[:k]
    assert found.tolist() == values[best].tolist()
    assert highest(values, k).tolist() == best.tolist()
