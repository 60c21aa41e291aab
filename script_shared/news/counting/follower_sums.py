"""What is read after the reads of a user: weighted shares, in the windows of several stores at once."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.news.counting.pair_cells import PairCells
from script_shared.news.counting.pair_counts import PairStore


class FollowerSums:
    """Adds up the pairs of a few rows before with all rows after.

    Args:
        cells: of the stores.
        stores: whose windows are added up, one after the other.
        plain: a store whose first window is also returned as it is, for the first row before; None for none.

    Attributes:
        outputs: how many rows of sums there are: the windows of all stores, and the plain one.
    """

    def __init__(self, cells: PairCells, stores: Sequence[PairStore], plain: PairStore | None = None) -> None:
        self._cells = cells
        own = [store.first + place for store in stores for place in range(len(store.windows))]
        self._half_lives = [half_life for store in stores for half_life in store.windows]
        self._own = np.array(own, np.int64)
        self._windows = np.array([*own, *([plain.first] if plain is not None else [])], np.int64)
        self.outputs = len(self._windows)

    def of(self, befores: IntArray, weights: FloatArray, factors: Sequence[float], used: int) -> Float32s:
        """float32 (outputs, used): sums over the rows before of weight x pair / total of the row before, decayed.

        Args:
            befores: int (k) rows, at least one.
            weights: float64 (windows of all stores, k), of each row before.
            factors: by half-life, what stored sums are multiplied by.
            used: rows in use.
        """
        decay = np.array([factors[half_life] for half_life in self._half_lives])[:, None]
        totals = self._cells.totals[self._own[:, None], befores] * decay.astype(np.float32) + np.float32(1.0)
        coefficients = np.zeros((self.outputs, len(befores)), np.float32)
        coefficients[: len(decay)] = weights * decay / totals
        coefficients[len(decay) :, 0] = 1.0
        return self._cells.sums(befores, used, self._windows, coefficients)
