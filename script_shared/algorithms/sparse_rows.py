"""Short sparse vectors of many rows, small on disk: 16-bit terms and weights."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import spans
from script_shared.arrays import Bools, Float16s, Float32s, Int64s, IntArray, UInt16s, load_array, save_arrays

MAX_COLUMNS = 65_536


@dataclass(frozen=True)
class SparseRows:
    """n sparse rows.

    Attributes:
        offsets: int64 (n + 1); row i owns entries ``offsets[i]:offsets[i + 1]``.
        columns: uint16 (entries).
        values: float16 (entries).
        width: number of columns.
    """

    offsets: Int64s
    columns: UInt16s
    values: Float16s
    width: int

    @classmethod
    def of(cls, matrix: csr_array) -> "SparseRows":
        """From a matrix of at most 65,536 columns."""
        if matrix.shape[1] > MAX_COLUMNS:
            raise ValueError(f"{matrix.shape[1]} columns do not fit into 16 bits.")
        offsets = matrix.indptr.astype(np.int64)
        return cls(offsets, matrix.indices.astype(np.uint16), matrix.data.astype(np.float16), matrix.shape[1])

    @classmethod
    def empty(cls, n_rows: int, width: int) -> "SparseRows":
        return cls(np.zeros(n_rows + 1, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.float16), width)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def has_entries(self) -> Bools:
        """bool (n): rows with any entry."""
        return np.diff(self.offsets) > 0

    def take(self, rows: IntArray) -> csr_array:
        """float32 matrix (m, width) of some rows, in that order."""
        columns, values, offsets = self.entries(rows)
        return csr_array((values, columns.astype(np.int32), offsets.astype(np.int32)), shape=(len(rows), self.width))

    def entries(self, rows: IntArray) -> tuple[UInt16s, Float32s, Int64s]:
        """The entries of some rows, in that order: columns, values, and where each row begins."""
        starts = self.offsets[:-1][rows]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(self.offsets[1:][rows] - starts, out=offsets[1:])
        where = spans(starts, offsets)
        return self.columns[where], self.values[where].astype(np.float32), offsets

    def with_rows(self, rows: IntArray, matrix: csr_array) -> "SparseRows":
        """A copy in which the (empty) ``rows``, ascending, hold the rows of ``matrix``.

        Args:
            rows: int (n), ascending.
            matrix: (n, width), one row for each of them.
        """
        more = SparseRows.of(matrix)
        counts = np.diff(self.offsets)
        counts[rows] = np.diff(more.offsets)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        columns, values = np.empty(offsets[-1], np.uint16), np.empty(offsets[-1], np.float16)
        for source, starts in ((self, offsets[:-1][self.has_entries]), (more, offsets[:-1][rows][more.has_entries])):
            where = spans(starts, np.concatenate([[0], np.cumsum(np.diff(source.offsets)[source.has_entries])]))
            columns[where], values[where] = source.columns, source.values
        return SparseRows(offsets, columns, values, self.width)

    def renumber(self, by: Renumbering) -> "SparseRows":
        """The same rows under new row numbers."""
        old = np.full(by.size, -1, np.int64)
        kept = by.to >= 0
        old[by.to[kept]] = np.flatnonzero(kept)
        counts = np.where(old >= 0, np.diff(self.offsets)[old], 0)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        where = spans(np.where(old >= 0, self.offsets[:-1][old], 0), offsets)
        return SparseRows(offsets, self.columns[where], self.values[where], self.width)

    def save(self, folder: Path, name: str) -> None:
        arrays = {"offsets": self.offsets, "columns": self.columns, "values": self.values}
        save_arrays(folder, {f"{name}.{part}": array for part, array in arrays.items()})

    @classmethod
    def load(cls, folder: Path, name: str, width: int) -> "SparseRows":
        offsets, columns, values = (load_array(folder, f"{name}.{part}") for part in ("offsets", "columns", "values"))
        return cls(offsets, columns, values, width)
