"""Compiled code adds up the same rows of a table of pairs as array operations."""

import numpy as np
import pytest

from script_shared.compiled.pair_code import PairSums

ROWS, WINDOWS = 300, 6


def _reader(share: float) -> tuple[PairSums, np.ndarray]:
    """A reader of a table in which a share of the pairs is in use, and the table (windows, rows, rows)."""
    random = np.random.default_rng(7)
    slots = np.zeros((ROWS, ROWS), np.int32)
    used = np.flatnonzero(random.random(ROWS * ROWS) < share)
    slots.reshape(-1)[used] = 1 + random.permutation(len(used))
    values = random.random((len(used) + 1, WINDOWS)).astype(np.float32)
    values[0] = 0.0
    reader = PairSums.of(slots, values)
    if reader is None:
        pytest.skip("no C compiler")
    return reader, np.moveaxis(values[slots], 2, 0)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.6, 1.0])
@pytest.mark.parametrize("used", [0, 5, 128, 299, ROWS])
def test_sums_are_those_of_a_dense_table(share: float, used: int) -> None:
    reader, table = _reader(share)
    random = np.random.default_rng(1)
    for befores in ([], [4], [299, 0, 7, 7]):
        for windows in (np.arange(WINDOWS), np.array([5, 2, 2])):
            coefficients = random.random((len(windows), len(befores))).astype(np.float32)
            coefficients[:1, 1:] = 0.0
            wanted = np.zeros((len(windows), used), np.float32)
            for before, factors in zip(befores, coefficients.T, strict=True):
                wanted += factors[:, None] * table[windows, before, :used]
            assert np.array_equal(reader.sum(np.array(befores, np.int64), used, windows, coefficients), wanted)


@pytest.mark.parametrize(
    ("row", "used", "window"), [(-1, 9, 1), (ROWS, 9, 1), (0, ROWS + 1, 1), (0, 9, WINDOWS), (0, 9, -1)]
)
def test_rows_and_windows_that_do_not_exist_are_refused(row: int, used: int, window: int) -> None:
    with pytest.raises(IndexError):
        _reader(0.1)[0].sum(np.array([row]), used, np.array([window]), np.ones((1, 1), np.float32))
