"""What is read after what: decayed weights of ordered pairs of articles."""

from array import array
from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.compiled.count_code import Table
from script_shared.news.counting.decay import scale
from script_shared.news.counting.pending_changes import PendingChanges
from script_shared.news.counting.sparse_files import SparseEntries
from script_shared.news.counting.touched_cells import TouchedCells


class PairStore:
    """Weights article -> article in several windows.

    Dense over the live rows: a few thousand rows take 4 bytes x rows^2 per window at most, untouched rows take nothing,
    and a user's whole neighbourhood is read as a handful of contiguous rows.

    Attributes:
        windows: which of the state's half-lives are kept.
        sums: float32 (windows, rows, rows), forward decayed; ``sums[w, a]`` is what is read with or after a.
        totals: float32 (windows, rows), sum of each row, those evicted meanwhile too.
    """

    def __init__(self, windows: Sequence[int], rows: int) -> None:
        self.windows = tuple(windows)
        shape = (len(self.windows), rows)
        self._rows = rows
        self.sums, self.totals = np.zeros((*shape, rows), np.float32), np.zeros(shape, np.float32)
        self._afters, self._befores = (TouchedCells(rows, rows) for _ in range(2))  # of each row
        self._pending = PendingChanges(rows)

    def add(self, befores: Sequence[int], after: int, amounts: "array[float]", weights: "array[float]") -> None:
        """Add to the weights of one event's pairs before -> after; ``weights`` are those of all half-lives.

        It is seen after the next ``flush``.

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
        """The same in both directions: all before -> after, then after -> all before.

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
        """Make what was added visible."""
        if not len(self._pending):
            return
        flat = [part.reshape(-1) for part in self.sums]
        befores, afters = self._pending.flush(self.windows, flat, list(self.totals))
        self._afters.add(befores, afters)
        self._befores.add(afters, befores)

    @property
    def table(self) -> Table:
        """The arrays, for compiled code."""
        return Table(self.windows, self.sums, self.totals, self._afters.bits, self._befores.bits)

    def followers(self, befores: IntArray, coefficients: FloatArray, used: int) -> Float32s:
        """float32 (windows, used): sums over ``befores`` of coefficient x weight to each of the first rows.

        Args:
            befores: (k) rows.
            coefficients: (windows, k).
            used: rows in use.
        """
        factors, found = coefficients.astype(np.float32), np.empty((len(self.windows), used), np.float32)
        if len(befores) == 1:  # as in most visits; needs no copy of the row
            return np.multiply(self.sums[:, befores[0], :used], factors, out=found)
        for sums, factor, out in zip(self.sums, factors, found, strict=True):
            np.matmul(factor, sums[befores, :used], out=out)
        return found

    def scale(self, window: int, factor: float, used: int) -> None:
        """Follow a landmark that moved; only the first ``used`` rows hold anything.

        Args:
            window: place of the half-life whose landmark moved.
            factor: what sums at the old landmark are worth at the new one.
            used: rows in use.
        """
        self.flush()
        for place, mine in enumerate(self.windows):
            if mine == window:
                scale(self.sums[place, :used, :used], factor)
                scale(self.totals[place, :used], factor)

    def clear(self, rows: IntArray) -> None:
        """Forget articles, as what came before and as what came after.

        Args:
            rows: int (rows), of the articles.
        """
        self.flush()
        self._afters.clear(self.sums, rows)
        self._befores.clear(self.sums, rows, turned=True)
        self.totals[:, rows] = 0.0

    def arrays(self, used: int) -> dict[str, FloatArray]:
        """What is saved, by name: the first ``used`` rows.

        Args:
            used: rows in use.

        Returns:
            ``sums``, float32 (windows, used, used), and ``totals``, float32 (windows, used).
        """
        return {"sums": self.sums[:, :used, :used], "totals": self.totals[:, :used]}

    def restore(self, sums: SparseEntries, totals: FloatArray) -> None:
        """Restore the saved values in a new store; pages without values are not touched, so they take no memory.

        Args:
            sums: entries of the saved (windows, used, used).
            totals: float32 (windows, used), as saved.

        Raises:
            ValueError: the shapes do not fit each other or this store.
        """
        if sums.shape != (*totals.shape, totals.shape[-1]):
            raise ValueError(f"{sums.shape} weights of pairs do not fit {totals.shape} totals")
        self.totals[:, : totals.shape[1]] = totals
        for places, values in sums.slices():
            windows, befores, afters = np.unravel_index(places, sums.shape)
            self.sums[windows, befores, afters] = values
            self._afters.add(befores, afters)
            self._befores.add(afters, befores)
