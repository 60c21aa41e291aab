"""Added, scaled and forgotten counts equal those of a plain table, also after a save."""

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from script_shared.arrays import FloatArray
from script_shared.news.counting.counts import DecayedCounts
from script_shared.news.counting.touched_cells import TouchedCells

ROWS, GROUPS, WINDOWS = 11, 19, (0, 2)
ROW, GROUP = st.integers(0, ROWS - 1), st.integers(0, GROUPS - 1)
ADD = st.tuples(st.just("add"), st.lists(GROUP, min_size=1, max_size=5, unique=True), ROW)
CLEAR = st.tuples(st.just("clear"), st.lists(ROW, min_size=1, max_size=3, unique=True), ROW)
OTHER = st.tuples(st.sampled_from(["add_now", "scale", "restore", "clear_groups"]), st.lists(GROUP, min_size=1), ROW)
WEIGHTS = array("d", [1.0, 3.0, 0.5])


def _change(sums: FloatArray, kind: str, several: list[int], row: int) -> None:
    """The same change to a plain table (windows, groups, rows)."""
    if kind == "clear":
        sums[:, :, several] = 0.0
    elif kind == "clear_groups":
        sums[:, several[0] :] = 0.0
    elif kind == "scale":
        sums[WINDOWS.index(2)] *= 0.5
    elif kind.startswith("add"):
        for place, window in enumerate(WINDOWS):
            sums[place, [0] if kind == "add_now" else several, row] += WEIGHTS[window]


@given(changes=st.lists(st.one_of(ADD, ADD, CLEAR, OTHER), max_size=40))
def test_sums_are_those_of_a_plain_table(changes: list[tuple[str, list[int], int]]) -> None:
    counts, plain = DecayedCounts(WINDOWS, GROUPS, ROWS), np.zeros((len(WINDOWS), GROUPS, ROWS), np.float32)
    for kind, several, row in changes:
        _change(plain, kind, several, row)
        if kind == "add":
            counts.add(row, several, WEIGHTS)
        elif kind == "add_now":
            counts.add_now(row, WEIGHTS)
        elif kind == "clear":
            counts.clear(np.asarray(several))
        elif kind == "clear_groups":
            counts.clear_groups(several[0])
        elif kind == "scale":
            counts.scale(2, 0.5)
        else:
            counts.flush()
            saved = {name: np.array(values) for name, values in counts.arrays().items()}
            counts = DecayedCounts(WINDOWS, GROUPS, ROWS)
            counts.restore(saved)
    counts.flush()
    assert np.array_equal(counts.sums, plain)


@given(cells=st.sets(st.tuples(ROW, GROUP)), rows=st.sets(ROW, min_size=1))
def test_the_cells_of_some_rows_are_those_that_were_added(cells: set[tuple[int, int]], rows: set[int]) -> None:
    touched = TouchedCells(ROWS, GROUPS)
    for row, column in cells:
        touched.add(np.array([row]), np.array([column]))
    found = zip(*(part.tolist() for part in touched.of(np.array(sorted(rows)))), strict=True)
    assert sorted(found) == sorted(cell for cell in cells if cell[0] in rows)
    touched.forget(np.array(sorted(rows)))
    left = zip(*(part.tolist() for part in touched.of(np.arange(ROWS))), strict=True)
    assert sorted(left) == sorted(cell for cell in cells if cell[0] not in rows)
