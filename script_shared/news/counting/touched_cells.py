"""One bit for each cell of a large table that was ever added to: few are set, and only those cells must be cleared."""

import numpy as np

from script_shared.arrays import FloatArray, Int64s, IntArray

MOST_WAITING = 20_000  # cells, 16 bytes each


class TouchedCells:
    """The cells of a table that may not be zero.

    Args:
        rows: of the table.
        columns: of the table.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self._width = -(-columns // 8)
        self._bits = np.zeros((rows, self._width), np.uint8)
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
        np.bitwise_or.at(self._bits.reshape(-1), rows * self._width + (columns >> 3), bits)

    def fill(self, tables: FloatArray) -> None:
        """Note the cells that are not zero in at least one of the tables, and forget all others.

        Args:
            tables: float (tables, rows, columns) of at most as many rows and columns.
        """
        self._bits[:], self._waiting, self._size = 0, [], 0
        found = np.packbits((tables != 0).any(axis=0), axis=1, bitorder="little")
        self._bits[: found.shape[0], : found.shape[1]] = found

    def of(self, rows: IntArray) -> tuple[Int64s, Int64s]:
        """int64 (k) each: row and column of the noted cells in some rows.

        Args:
            rows: int (rows).
        """
        self._note()
        some = self._bits[rows]
        places, at = np.nonzero(some != 0)  # most bytes are zero
        which, bits = np.nonzero(np.unpackbits(some[places, at][:, None], axis=1, bitorder="little").view(np.bool_))
        return rows[places[which]].astype(np.int64), 8 * at[which] + bits

    def forget(self, rows: IntArray) -> None:
        """Note that some rows are zero.

        Args:
            rows: int (rows).
        """
        self._note()
        self._bits[rows] = 0
