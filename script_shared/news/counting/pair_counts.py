"""Which articles are read after which: decayed weights of ordered pairs."""

from array import array
from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.compiled.count_tables import PairTable
from script_shared.news.counting.decay import scale
from script_shared.news.counting.pair_cells import PairCells
from script_shared.news.counting.pending_changes import PendingChanges
from script_shared.news.counting.sparse_files import SparseEntries


class PairStore:
    """Weights of ordered pairs of articles (``before`` -> ``after``) in several windows, forward decayed.

    Only pairs that were counted take memory. Stores whose pairs are mostly the same share the cells for them.

    Args:
        windows: which of the state's half-lives are kept.
        rows: articles.
        cells: shared by several stores, with a window for each of theirs; None for cells of its own.
        first: place of this store's first window in the cells.

    Attributes:
        windows: as given.
        first: place of this store's first window in the cells.
        totals: float32 (windows, rows), sum of each row, pairs with evicted rows included.
    """

    def __init__(self, windows: Sequence[int], rows: int, cells: PairCells | None = None, first: int = 0) -> None:
        self.windows = tuple(windows)
        self._rows, self._cells = rows, PairCells(len(self.windows), rows) if cells is None else cells
        self.first = first
        self.totals = self._cells.totals[first : first + len(self.windows)]
        self._pending = PendingChanges(rows)

    def add(self, befores: Sequence[int], after: int, amounts: "array[float]", weights: "array[float]") -> None:
        """Add one event's pairs ``before`` -> ``after``; visible after the next ``flush``.

        Args:
            befores: rows of the articles read before.
            after: row of the article read now.
            amounts: float64 (befores), weight of each pair.
            weights: float64 (half-lives), as ``Decay.weights`` gives them.
        """
        rows = self._rows
        if self._pending.add([before * rows + after for before in befores], amounts, weights):
            self.flush()

    def add_both(self, befores: Sequence[int], after: int, amounts: "array[float]", weights: "array[float]") -> None:
        """Add one event's pairs in both directions: all ``before`` -> ``after``, then ``after`` -> all ``before``.

        Args:
            befores: rows of the articles read before.
            after: row of the article read now.
            amounts: float64 (befores), weight of each pair.
            weights: float64 (half-lives), as ``Decay.weights`` gives them.
        """
        rows, start = self._rows, after * self._rows
        places = [before * rows + after for before in befores]
        places.extend([start + before for before in befores])
        if self._pending.add(places, amounts + amounts, weights):
            self.flush()

    def flush(self) -> None:
        """Apply the waiting additions, so that they are visible."""
        if not len(self._pending):
            return
        places, befores, added = self._pending.take(self.windows)
        slots = self._cells.make(places)
        for window, (each, totals) in enumerate(zip(added.astype(np.float32), self.totals, strict=True), self.first):
            np.add.at(self._cells.values[:, window], slots, each)
            np.add.at(totals, befores, each)

    @property
    def table(self) -> PairTable:
        """The arrays, for compiled code."""
        return PairTable(self.windows, self.first, self.totals)

    def weights(self, window: int, befores: IntArray | int, afters: IntArray | int) -> Float32s:
        """float32: weights of pairs; ``befores`` and ``afters`` are broadcast.

        Args:
            window: place among the store's windows.
            befores: rows.
            afters: rows.
        """
        return self._cells.values[self._cells.slots[befores, afters], self.first + window]

    def scale(self, window: int, factor: float, used: int) -> None:
        """Rescale after a landmark moved; only the first ``used`` rows are in use.

        Args:
            window: place of the half-life whose landmark moved.
            factor: what the sums are multiplied by.
            used: rows in use.
        """
        self.flush()
        for place, mine in enumerate(self.windows):
            if mine == window:
                self._cells.scale(self.first + place, factor)
                scale(self.totals[place, :used], factor)

    def entries(self, used: int) -> SparseEntries:
        """The weights to save, (windows, used, used).

        Args:
            used: rows in use.
        """
        places, slots = self._cells.entries()
        places -= places // self._rows * (self._rows - used)  # of the first ``used`` columns
        values = self._cells.values[slots, self.first : self.first + len(self.windows)].T
        windows, at = np.nonzero(values)
        return SparseEntries((len(values), used, used), windows * used * used + places[at], values[windows, at])

    def restore(self, sums: SparseEntries, totals: FloatArray) -> None:
        """Restore the saved values in a new store.

        Args:
            sums: entries of the saved (windows, used, used).
            totals: float32 (windows, used), as saved.

        Raises:
            ValueError: the shapes do not match each other or this store.
        """
        if sums.shape != (*totals.shape, totals.shape[-1]):
            raise ValueError(f"{sums.shape} weights of pairs do not fit {totals.shape} totals")
        self.totals[:, : totals.shape[1]] = totals
        for places, values in sums.slices():
            windows, befores, afters = np.unravel_index(places, sums.shape)
            self._cells.values[self._cells.make(befores * self._rows + afters), self.first + windows] = values
