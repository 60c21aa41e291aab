"""Pairs that are counted, scaled and forgotten are those of plain tables."""

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.arrays import FloatArray
from script_shared.news.counting.pair_counts import PairStore
from script_shared.news.counting.sparse_files import SparseEntries

ROWS, WINDOWS = 12, (0, 2)
ROW = st.integers(0, ROWS - 1)
ADD = st.tuples(st.sampled_from(["add", "add_both"]), st.lists(ROW, min_size=1, max_size=4, unique=True), ROW)
CLEAR = st.tuples(st.just("clear"), st.lists(ROW, min_size=1, max_size=3, unique=True), ROW)
OTHER = st.tuples(st.sampled_from(["flush", "scale", "restore"]), st.just([0]), ROW)
WEIGHTS = array("d", [1.0, 3.0, 0.5])


def _change(sums: FloatArray, kind: str, rows: list[int], row: int) -> None:
    """The same change of a plain table (windows, before, after)."""
    if kind == "clear":
        sums[:, rows, :] = 0.0
        sums[:, :, rows] = 0.0
    elif kind == "scale":
        sums[WINDOWS.index(2)] *= 0.5
    elif kind.startswith("add"):
        for before in rows:
            for place, window in enumerate(WINDOWS):
                sums[place, before, row] += WEIGHTS[window]
                if kind == "add_both":
                    sums[place, row, before] += WEIGHTS[window]


@given(changes=st.lists(st.one_of(ADD, ADD, CLEAR, OTHER), max_size=40))
def test_sums_are_those_of_a_plain_table(changes: list[tuple[str, list[int], int]]) -> None:
    store, plain = PairStore(WINDOWS, ROWS), np.zeros((len(WINDOWS), ROWS, ROWS), np.float32)
    for kind, rows, row in changes:
        _change(plain, kind, rows, row)
        if kind in ("add", "add_both"):
            amounts = array("f", [1.0] * len(rows))
            getattr(store, kind)(rows, row, amounts, WEIGHTS)
        elif kind == "clear":
            store.clear(np.asarray(rows))
        elif kind == "scale":
            store.scale(2, 0.5, ROWS)
        elif kind == "restore":
            store.flush()
            saved = {name: np.array(values) for name, values in store.arrays(ROWS).items()}
            store = PairStore(WINDOWS, ROWS)
            store.restore(SparseEntries.of(saved["sums"]), saved["totals"])
        store.flush()
        assert np.array_equal(store.sums, plain)


@pytest.mark.parametrize(("sums", "totals"), [((2, 3, 3), (2, 4)), ((3, 4, 4), (3, 4)), ((2, 99, 99), (2, 99))])
def test_weights_of_another_shape_are_refused(sums: tuple[int, int, int], totals: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"do not fit|broadcast"):
        PairStore(WINDOWS, ROWS).restore(SparseEntries.of(np.ones(sums, np.float32)), np.zeros(totals, np.float32))
