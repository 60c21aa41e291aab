"""Arrays that are nearly all zero are loaded as they were saved, and take little space."""

from pathlib import Path

import numpy as np
import pytest

from script_shared.errors import ReleaseCorruptError
from script_shared.news.counting.sparse_files import SparseEntries, load_sparse


@pytest.mark.parametrize("shape", [(3, 40, 50), (7,), (0, 4), (2, 0)])
def test_a_saved_array_is_loaded_unchanged(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).random(shape).astype(np.float32)
    array[array < 0.9] = 0
    SparseEntries.of(array).save(tmp_path, "sums")
    again = load_sparse(tmp_path, "sums")
    assert again.dtype == np.float32
    assert again.shape == shape
    assert np.array_equal(again, array)


def test_zeros_take_no_space(tmp_path: Path) -> None:
    array = np.zeros((2, 2000, 2000), np.float32)
    array[1, 5, 7] = 2.5
    SparseEntries.of(array).save(tmp_path, "sums")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2000


def test_places_outside_of_the_shape_are_refused(tmp_path: Path) -> None:
    SparseEntries.of(np.array([0.0, 1.0, 2.0], np.float32)).save(tmp_path, "sums")
    np.save(tmp_path / "sums.shape.npy", np.array([2]))
    with pytest.raises(ReleaseCorruptError, match="does not fit"):
        load_sparse(tmp_path, "sums")
