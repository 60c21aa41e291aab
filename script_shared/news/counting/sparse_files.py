"""Sparse arrays on disk: the nonzero values and their flat indices."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import FloatArray, Int64s, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.throttle import yield_cpu

AT_ONCE = 100_000  # entries filled before the thread yields


@dataclass(frozen=True)
class SparseEntries:
    """The nonzero entries of an array.

    Attributes:
        shape: of the array.
        places: int64 (n), flat indices of the entries, ascending.
        values: float (n), the entries.
    """

    shape: tuple[int, ...]
    places: Int64s
    values: FloatArray

    @classmethod
    def of(cls, array: FloatArray) -> "SparseEntries":
        """The nonzero entries of an array of any shape."""
        flat = np.ascontiguousarray(array).ravel()
        places = np.flatnonzero(flat)
        return cls(array.shape, places, flat[places])

    def save(self, folder: Path, name: str) -> None:
        """Write the entries.

        Args:
            folder: created if missing.
            name: the files are ``<name>.shape.npy``, ``<name>.places.npy`` and ``<name>.values.npy``.
        """
        kept = {"shape": np.array(self.shape, np.int64), "places": self.places, "values": self.values}
        save_arrays(folder, {f"{name}.{part}": values for part, values in kept.items()})

    @classmethod
    def load(cls, folder: Path, name: str) -> "SparseEntries":
        """Map the files that ``save`` wrote into memory.

        Args:
            folder: contains the files.
            name: as given to ``save``.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        shape, places, values = (load_array(folder, f"{name}.{part}") for part in ("shape", "places", "values"))
        if len(places) != len(values) or (len(places) and int(places[-1]) >= int(np.prod(shape))):
            raise ReleaseCorruptError(f"{folder}: {name} does not fit its shape.", fix="Fold the log again.")
        return cls(tuple(shape.tolist()), places, values)

    def slices(self) -> Iterator[tuple[Int64s, FloatArray]]:
        """Places and values in chunks; the thread yields after each chunk."""
        for start in range(0, len(self.places), AT_ONCE):
            yield self.places[start : start + AT_ONCE], self.values[start : start + AT_ONCE]
            yield_cpu()


def load_sparse(folder: Path, name: str) -> FloatArray:
    """Read a saved array.

    Args:
        folder: where it was saved.
        name: as given to ``save``.

    Returns:
        the array with its shape and dtype, in memory and writable.

    Raises:
        ReleaseCorruptError: a file is missing or damaged.
    """
    entries = SparseEntries.load(folder, name)
    flat = np.zeros(int(np.prod(entries.shape)), entries.values.dtype)
    for places, values in entries.slices():
        flat[places] = values
    return flat.reshape(entries.shape)
