"""Compiled code reads the same rows of a table of pairs as array operations."""

import numpy as np
import pytest

from script_shared.compiled.pair_code import PairReader

ROWS, WINDOWS = 300, 6


def _reader(share: float) -> tuple[PairReader, np.ndarray]:
    """A reader of a table in which a share of the pairs is in use, and the table (windows, rows, rows)."""
    random = np.random.default_rng(7)
    slots = np.zeros((ROWS, ROWS), np.int32)
    used = np.flatnonzero(random.random(ROWS * ROWS) < share)
    slots.reshape(-1)[used] = 1 + random.permutation(len(used))
    values = random.random((len(used) + 1, WINDOWS)).astype(np.float32)
    values[0] = 0.0
    reader = PairReader.of(slots, values)
    if reader is None:
        pytest.skip("no C compiler")
    return reader, np.moveaxis(values[slots], 2, 0)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.6, 1.0])
@pytest.mark.parametrize("used", [0, 5, 128, 299, ROWS])
def test_rows_are_those_of_a_dense_table(share: float, used: int) -> None:
    reader, table = _reader(share)
    for befores in ([], [4], [299, 0, 7, 7]):
        for first, windows in ((0, WINDOWS), (2, 3), (5, 1)):
            found = reader.read(np.array(befores, np.int64), used, first, windows)
            assert np.array_equal(found, table[first : first + windows, befores, :used])


@pytest.mark.parametrize(("row", "used", "windows"), [(-1, 9, 1), (ROWS, 9, 1), (0, ROWS + 1, 1), (0, 9, WINDOWS + 1)])
def test_what_does_not_exist_is_refused(row: int, used: int, windows: int) -> None:
    with pytest.raises(IndexError):
        _reader(0.1)[0].read(np.array([row]), used, 0, windows)
