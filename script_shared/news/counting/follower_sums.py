"""Weighted shares of the articles read after a user's reads, in the windows of several stores at once."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.news.counting.pair_cells import PairCells
from script_shared.news.counting.pair_counts import PairStore


class FollowerSums:
    """Adds up the pairs of a few ``before`` rows with all ``after`` rows.

    Args:
        cells: of the stores.
        stores: their windows are added up, in this order.
        plain: a store whose first window is also returned unchanged, for the first ``before`` row; None for none.

    Attributes:
        outputs: number of rows of sums: the windows of all stores, and one for ``plain``.
    """

    def __init__(self, cells: PairCells, stores: Sequence[PairStore], plain: PairStore | None = None) -> None:
        self._cells = cells
        own = [store.first + place for store in stores for place in range(len(store.windows))]
        self._half_lives = [half_life for store in stores for half_life in store.windows]
        self._own = np.array(own, np.int64)
        self._windows = np.array([*own, *([plain.first] if plain is not None else [])], np.int64)
        self.outputs = len(self._windows)

    def of(self, befores: IntArray, weights: FloatArray, factors: Sequence[float], used: int) -> Float32s:
        """float32 (outputs, used): decayed sums over ``befores`` of weight x pair / total of the ``before`` row.

        Args:
            befores: int (k) rows, at least one.
            weights: float64 (windows of all stores, k), of each ``before`` row.
            factors: by half-life, what stored sums are multiplied by.
            used: rows in use.
        """
        decay = np.array([factors[half_life] for half_life in self._half_lives])[:, None]
        totals = self._cells.totals[self._own[:, None], befores] * decay.astype(np.float32) + np.float32(1.0)
        coefficients = np.zeros((self.outputs, len(befores)), np.float32)
        coefficients[: len(decay)] = weights * decay / totals
        coefficients[len(decay) :, 0] = 1.0
        return self._cells.sums(befores, used, self._windows, coefficients)
