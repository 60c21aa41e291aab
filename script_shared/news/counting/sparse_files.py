"""Sparse arrays on disk: the values other than zero, and their flat indices."""

from pathlib import Path

import numpy as np

from script_shared.arrays import FloatArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.throttle import yield_cpu

AT_ONCE = 100_000  # entries filled before the thread yields


def save_sparse(folder: Path, name: str, array: FloatArray) -> None:
    """Write what of an array is not zero.

    Args:
        folder: made when missing.
        name: three files begin with it: ``<name>.shape.npy``, ``<name>.places.npy`` and ``<name>.values.npy``.
        array: of any shape and float dtype.
    """
    flat = np.ascontiguousarray(array).ravel()
    places = np.flatnonzero(flat)
    kept = {"shape": np.array(array.shape, np.int64), "places": places, "values": flat[places]}
    save_arrays(folder, {f"{name}.{part}": values for part, values in kept.items()})


def load_sparse(folder: Path, name: str) -> FloatArray:
    """Read the array that was saved.

    Args:
        folder: where ``save_sparse`` wrote.
        name: as given to ``save_sparse``.

    Returns:
        the array with its shape and dtype, in memory and writable.

    Raises:
        ReleaseCorruptError: a file is missing or damaged.
    """
    shape, places, values = (load_array(folder, f"{name}.{part}") for part in ("shape", "places", "values"))
    flat = np.zeros(int(np.prod(shape)), values.dtype)
    if len(places) != len(values) or (len(places) and int(places[-1]) >= len(flat)):
        raise ReleaseCorruptError(f"{folder}: {name} does not fit its shape.", fix="Fold the log again.")
    for start in range(0, len(places), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        flat[places[some]] = values[some]
        yield_cpu()
    return flat.reshape(tuple(shape.tolist()))
