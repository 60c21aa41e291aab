"""Decayed counts of articles in several windows, split by groups of users."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray
from script_shared.compiled.count_tables import Table
from script_shared.news.counting.decay import scale
from script_shared.news.counting.pending_changes import PendingChanges
from script_shared.news.counting.touched_cells import TouchedCells

ONES = array("f", [1.0] * 64)  # more groups than one event has


class DecayedCounts:
    """Sums per window, group and article row, with each group's total.

    Attributes:
        windows: which of the state's half-lives are kept.
        sums: float32 (windows, groups, rows), forward decayed.
        totals: float64 (windows, groups), of all articles, evicted ones included.
        sums_now, totals_now: by the place of a window, the counts of ``add_now``: flat views of Python numbers,
            ``sums_now`` by article row, ``totals_now`` at 0.
    """

    def __init__(self, windows: Sequence[int], groups: int, rows: int) -> None:
        self.windows = tuple(windows)
        self._put(np.zeros((len(self.windows), groups, rows), np.float32), np.zeros((len(self.windows), groups)))

    def _put(self, sums: FloatArray, totals: FloatArray) -> None:
        self.sums, self.totals = sums, totals
        self._rows = sums.shape[2]
        self._pending = PendingChanges(self._rows)
        self._touched = TouchedCells(self._rows, sums.shape[1])  # groups in which an article was counted
        views = [(memoryview(part.reshape(-1)), memoryview(of)) for part, of in zip(sums, totals, strict=True)]
        self._views: list[tuple[int, Any, Any]] = [(w, *pair) for w, pair in zip(self.windows, views, strict=True)]
        self.sums_now: list[Any] = [sums for sums, _ in views]
        self.totals_now: list[Any] = [of for _, of in views]

    def add_now(self, row: int, weights: "array[float]") -> None:
        """Count one event for everybody (the first group), visible at once.

        Args:
            row: of the article.
            weights: float64 (half-lives), as ``Decay.weights`` gives them.
        """
        for window, sums, totals in self._views:
            weight = weights[window]
            sums[row] += weight
            totals[0] += weight

    def add(self, row: int, groups: Sequence[int], weights: "array[float]") -> None:
        """Count one event on an article for each of its groups; visible after the next ``flush``.

        Args:
            row: of the article.
            groups: places of the groups.
            weights: float64 (half-lives), as ``Decay.weights`` gives them.
        """
        rows = self._rows
        if self._pending.add([group * rows + row for group in groups], ONES[: len(groups)], weights):
            self.flush()

    def flush(self) -> None:
        """Apply the waiting additions, so that they are visible."""
        if not len(self._pending):
            return
        places, groups, added = self._pending.take(self.windows)
        for each, sums, totals in zip(added, self.sums, self.totals, strict=True):
            np.add.at(sums.reshape(-1), places, each.astype(np.float32))
            np.add.at(totals, groups, each)
        self._touched.add(places - groups * self._rows, groups)

    @property
    def table(self) -> Table:
        """The arrays, for compiled code."""
        return Table(self.windows, self.sums, self.totals, self._touched.bits)

    def take(self, groups: IntArray, rows: IntArray) -> Float32s:
        """float32 (windows, groups, rows): a copy of the sums of some groups and rows.

        Args:
            groups: int (groups).
            rows: int (rows).
        """
        places = groups[:, None] * self._rows + rows
        return self.sums.reshape(len(self.windows), -1).take(places, axis=1)

    def scale(self, window: int, factor: float) -> None:
        """Rescale after a landmark moved.

        Args:
            window: place of the half-life whose landmark moved.
            factor: what the sums are multiplied by.
        """
        self.flush()
        for place, mine in enumerate(self.windows):
            if mine == window:
                scale(self.sums[place], factor)
                scale(self.totals[place], factor)

    def clear(self, rows: IntArray) -> None:
        """Forget articles.

        Args:
            rows: int (rows), of the articles.
        """
        self.flush()
        self.sums[:, 0, rows] = 0.0  # ``add_now`` counts here
        self._touched.clear(self.sums, rows, turned=True)

    def clear_groups(self, first: int) -> None:
        """Forget the counts of a group and of all groups after it.

        Args:
            first: place of the first group to forget.
        """
        self.flush()
        self.sums[:, first:] = 0.0
        self.totals[:, first:] = 0.0

    def arrays(self) -> dict[str, FloatArray]:
        """The arrays to save, by name."""
        return {"sums": self.sums, "totals": self.totals}

    def restore(self, arrays: dict[str, FloatArray]) -> None:
        """Restore the saved values.

        Args:
            arrays: ``sums`` and ``totals``, as they were saved.

        Raises:
            ValueError: they have other shapes than these counts.
        """
        for name, mine in self.arrays().items():
            if arrays[name].shape != mine.shape:
                raise ValueError(f"{arrays[name].shape} {name} of counts do not fit {mine.shape}")
        self._put(np.array(arrays["sums"], np.float32), np.array(arrays["totals"], np.float64))
        self._touched.fill(self.sums.transpose(0, 2, 1))
