"""Values of pairs of rows; only the pairs that were counted take memory."""

import numpy as np

from script_shared.arrays import Float32s, Int32s, Int64s, IntArray
from script_shared.compiled.count_tables import Cells
from script_shared.compiled.pair_code import PairSums
from script_shared.news.counting.decay import scale
from script_shared.news.counting.touched_cells import TouchedCells


class PairCells:
    """Values of pairs of rows (``before`` -> ``after``) in several windows.

    Pairs get slots in the order in which they are first counted. The arrays are large enough for all pairs, but the
    system allocates a page only when it is written, so unused slots take no memory.

    Args:
        windows: values of each pair.
        rows: number of rows, ``before`` and ``after``.

    Attributes:
        slots: int32 (rows, rows), the slot of each pair, 0 for one that is not counted.
        values: float32 (rows x rows + 1, windows), by slot; slot 0 holds zeros.
        totals: float32 (windows, rows), sum of each ``before`` row, pairs with evicted rows included.
    """

    def __init__(self, windows: int, rows: int) -> None:
        self.rows = rows
        self.slots: Int32s = np.zeros((rows, rows), np.int32)
        self.values: Float32s = np.zeros((rows * rows + 1, windows), np.float32)
        self.totals: Float32s = np.zeros((windows, rows), np.float32)
        self._befores = TouchedCells(rows, rows)  # for each ``after`` row
        self._free = np.zeros(rows * rows, np.int32)  # slots that were given back
        self._reader = PairSums.of(self.slots, self.values)
        self._counts = np.array([1, 0])  # how many slots were ever in use, and how many were given back

    def __len__(self) -> int:
        used, free = self._counts.tolist()
        return used - 1 - free

    @property
    def nbytes(self) -> int:
        """Bytes in use."""
        return self.slots.nbytes + int(self._counts[0]) * self.values.shape[1] * 4

    @property
    def cells(self) -> Cells:
        """The arrays, for compiled code."""
        return Cells(self.slots, self.values, self._counts, self._free, self._befores.bits)

    def make(self, places: Int64s) -> Int32s:
        """The slots of pairs; a pair without a slot gets one.

        Args:
            places: int64 (k), ``before`` row x rows + ``after`` row.
        """
        flat = self.slots.reshape(-1)
        slots = flat[places]
        if (missing := slots == 0).any():
            new = np.unique(places[missing])
            flat[new] = self._take(len(new))
            befores, afters = np.divmod(new, self.rows)
            self._befores.add(afters, befores)
            slots = flat[places]
        return slots

    def _take(self, count: int) -> IntArray:
        """Slots for new pairs: slots that were given back come first."""
        used, free = self._counts.tolist()
        again = min(count, free)
        self._counts[:] = used + count - again, free - again
        return np.concatenate([self._free[free - again : free], np.arange(used, used + count - again)])

    def sums(self, befores: IntArray, used: int, windows: Int64s, coefficients: Float32s) -> Float32s:
        """float32 (outputs, used): for each ``after`` row, the sum of coefficient x value over ``befores``, in order.

        Args:
            befores: int (k).
            used: number of ``after`` rows.
            windows: int64 (outputs), the window of each row of sums.
            coefficients: float32 (outputs, k).
        """
        if self._reader is not None:
            return self._reader.sum(befores, used, windows, coefficients)
        found = np.zeros((len(windows), used), np.float32)
        for before, factors in zip(befores.tolist(), coefficients.T, strict=True):
            found += factors[:, None] * self.values[self.slots[before, :used]][:, windows].T
        return found

    def entries(self) -> tuple[Int64s, Int32s]:
        """int64 and int32 (pairs): place (``before`` row x rows + ``after`` row) and slot of all pairs, by place."""
        flat = self.slots.reshape(-1)
        places = np.flatnonzero(flat)
        return places, flat[places]

    def scale(self, window: int, factor: float) -> None:
        """Multiply the values of a window; tiny values become zero."""
        scale(self.values[: self._counts[0], window], factor)

    def clear(self, rows: IntArray) -> None:
        """Forget all pairs that contain one of some rows.

        Args:
            rows: int (rows).
        """
        own = self.slots[rows]
        afters, befores = self._befores.of(rows)
        slots = np.concatenate([own[own > 0], self.slots[befores, afters]])
        slots = np.unique(slots[slots > 0])  # a pair of two of these rows is found twice
        self.slots[rows], self.slots[befores, afters] = 0, 0
        self._befores.forget(rows)
        self.values[slots] = 0.0
        free = int(self._counts[1])
        self._free[free : free + len(slots)] = slots
        self._counts[1] = free + len(slots)
