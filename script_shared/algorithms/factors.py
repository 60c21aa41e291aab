"""Vectors of some of many rows, with a lookup by row."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from script_shared.arrays import Float32s, FloatArray, Int32s, Int64s, IntArray, load_array, save_arrays
from script_shared.mapped_files import FileRows


@dataclass(frozen=True)
class Renumbering:
    """New row numbers: row i becomes ``to[i]`` of ``size`` rows; -1 is gone."""

    to: IntArray
    size: int


@dataclass(frozen=True)
class Factors:
    """Vectors of k rows out of ``size``.

    Attributes:
        rows: int64 (k); which rows have a vector.
        vectors: float32 (k, factors).
        place: int32 (size); the place of a row's vector, -1 when it has none.

    >>> some = Factors.of(np.array([3, 1]), np.array([[3.0], [1.0]]), size=4)
    >>> some.take(np.array([1, 2, -1, 3])).ravel().tolist()
    [1.0, 0.0, 0.0, 3.0]
    """

    rows: Int64s
    vectors: Float32s
    place: Int32s

    @classmethod
    def of(cls, rows: IntArray, vectors: FloatArray, size: int) -> "Factors":
        place = np.full(size, -1, np.int32)
        place[rows] = np.arange(len(rows))
        return cls(np.asarray(rows, np.int64), np.asarray(vectors, np.float32), place)

    @classmethod
    def none(cls, size: int, factors: int) -> "Factors":
        """No row has a vector."""
        return cls.of(np.zeros(0, np.int64), np.zeros((0, factors), np.float32), size)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def size(self) -> int:
        """Rows there are, with or without a vector."""
        return len(self.place)

    def take(self, rows: IntArray) -> Float32s:
        """float32 (m, factors): vectors of rows; zeros for row -1 and rows without one."""
        place = np.where(rows >= 0, self.place[rows], -1)
        vectors = np.zeros((len(rows), self.vectors.shape[1]), np.float32)
        vectors[place >= 0] = self.vectors[place[place >= 0]]
        return vectors

    def one(self, row: int) -> Float32s:
        """float32 (1, factors): the vector of a row, from its file; zeros for row -1 and one without a vector."""
        place = int(self.place[row]) if row >= 0 else -1
        return self._file.read(place, place + 1) if place >= 0 else np.zeros((1, self.vectors.shape[1]), np.float32)

    def open_file(self) -> None:
        """Open the file of the vectors for ``one`` now; it may be removed while it is mapped."""
        self._file  # noqa: B018  opens it

    @cached_property
    def _file(self) -> FileRows:
        return FileRows(self.vectors)

    def first(self, count: int) -> "Factors":
        """The first ``count`` of them."""
        return Factors.of(self.rows[:count], self.vectors[:count], self.size)

    def concat(self, more: "Factors") -> "Factors":
        """These, then those; no row may be in both."""
        rows = np.concatenate([self.rows, more.rows])
        return Factors.of(rows, np.concatenate([self.vectors, more.vectors]), self.size)

    def renumber(self, by: Renumbering) -> "Factors":
        """The same vectors under new row numbers."""
        rows = by.to[self.rows]
        return Factors.of(rows[rows >= 0], self.vectors[rows >= 0], by.size)

    def save(self, folder: Path, name: str) -> None:
        save_arrays(folder, {f"{name}.rows": self.rows, f"{name}.vectors": self.vectors, f"{name}.place": self.place})

    @classmethod
    def load(cls, folder: Path, name: str) -> "Factors":
        return cls(*(load_array(folder, f"{name}.{part}") for part in ("rows", "vectors", "place")))
