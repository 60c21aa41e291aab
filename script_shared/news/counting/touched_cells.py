"""One bit for each cell of a large table, set by an addition: few are set, and only their cells must be cleared."""

import numpy as np

from script_shared.arrays import FloatArray, Int64s, IntArray
from script_shared.compiled.count_code import clear_rows
from script_shared.news.counting.pending_changes import clear_cells
from script_shared.throttle import yield_cpu

_ROWS_AT_ONCE = 256  # of tables whose cells are noted, before the thread may rest
MOST_WAITING = 20_000  # cells, 16 bytes each


class TouchedCells:
    """The cells of a table that may not be zero.

    Args:
        rows: of the table.
        columns: of the table.

    Attributes:
        bits: uint8 (rows, bytes), one bit for each column, the lowest of a byte first; compiled code sets them, too.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._width = -(-columns // 8)
        self.bits = np.zeros((rows, self._width), np.uint8)
        self._waiting: list[tuple[Int64s, Int64s]] = []  # cells that will be noted later, in one batch
        self._size = 0

    def add(self, rows: Int64s, columns: Int64s) -> None:
        """Note cells.

        Args:
            rows: int64 (k).
            columns: int64 (k).
        """
        if len(rows):
            self._waiting.append((rows, columns))
            self._size += len(rows)
            if self._size > MOST_WAITING:
                self._note()

    def _note(self) -> None:
        if not self._waiting:
            return
        rows, columns = (np.concatenate(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting, self._size = [], 0
        bits = np.left_shift(1, columns & 7).astype(np.uint8)
        np.bitwise_or.at(self.bits.reshape(-1), rows * self._width + (columns >> 3), bits)

    def fill(self, tables: FloatArray) -> None:
        """Note the cells that are not zero in at least one of the tables, and forget all others.

        Args:
            tables: float (tables, rows, columns), with at most as many rows and columns.
        """
        self.bits[:], self._waiting, self._size = 0, [], 0
        for start in range(0, tables.shape[1], _ROWS_AT_ONCE):
            some = slice(start, min(start + _ROWS_AT_ONCE, tables.shape[1]))
            found = np.packbits((tables[:, some] != 0).any(axis=0), axis=1, bitorder="little")
            self.bits[some, : found.shape[1]] = found
            yield_cpu()

    def of(self, rows: IntArray) -> tuple[Int64s, Int64s]:
        """int64 (k) each: row and column of the noted cells in some rows.

        Args:
            rows: int (rows).
        """
        self._note()
        some = self.bits[rows]
        places, at = np.nonzero(some != 0)  # most bytes are zero
        which, bits = np.nonzero(np.unpackbits(some[places, at][:, None], axis=1, bitorder="little").view(np.bool_))
        return rows[places[which]].astype(np.int64), 8 * at[which] + bits

    def clear(self, tables: FloatArray, rows: IntArray, *, turned: bool = False) -> None:
        """Set the noted cells of some rows to zero in each of several tables, and note that these rows are zero.

        Args:
            tables: float32 (tables, rows, columns), changed in place.
            rows: int (rows).
            turned: whether the shape is (tables, columns, rows) instead.
        """
        self._note()
        steps = (1, tables.shape[2]) if turned else (tables.shape[2], 1)
        if not clear_rows(tables, steps, self.bits, rows):
            found, columns = self.of(rows)
            clear_cells(tables, *((columns, found) if turned else (found, columns)))
            self.forget(rows)

    def forget(self, rows: IntArray) -> None:
        """Note that some rows are zero.

        Args:
            rows: int (rows).
        """
        self._note()
        self.bits[rows] = 0
