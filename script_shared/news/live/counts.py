"""Decayed counts of articles in several windows, split by groups of readers."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.news.live.decay import scale


class DecayedCounts:
    """Sums per window, group and article row, with each group's total.

    Attributes:
        windows: which of the state's half-lives are kept.
        sums: float32 (windows, groups, rows), forward decayed.
        totals: float64 (windows, groups), of all articles, those evicted meanwhile too.
    """

    def __init__(self, windows: Sequence[int], groups: int, rows: int) -> None:
        self.windows = tuple(windows)
        self._put(np.zeros((len(self.windows), groups, rows), np.float32), np.zeros((len(self.windows), groups)))

    def _put(self, sums: FloatArray, totals: FloatArray) -> None:
        self.sums, self.totals = sums, totals
        self._rows = sums.shape[2]
        views = [memoryview(part.reshape(-1)) for part in sums]
        self._views: list[tuple[int, Any, Any]] = list(
            zip(self.windows, views, [memoryview(part) for part in totals], strict=True)
        )

    def add(self, row: int, groups: Iterable[int], weights: Sequence[float]) -> None:
        """Count one event on an article for each of its groups; ``weights`` are those of all half-lives."""
        for window, sums, totals in self._views:
            weight = weights[window]
            for group in groups:
                sums[group * self._rows + row] += weight
                totals[group] += weight

    def scale(self, window: int, factor: float) -> None:
        """Follow a landmark that moved."""
        for place, mine in enumerate(self.windows):
            if mine == window:
                scale(self.sums[place], factor)
                scale(self.totals[place], factor)

    def clear(self, rows: IntArray) -> None:
        """Forget articles."""
        self.sums[:, :, rows] = 0.0

    def arrays(self) -> dict[str, FloatArray]:
        """What is saved, by name."""
        return {"sums": self.sums, "totals": self.totals}

    def restore(self, arrays: dict[str, FloatArray]) -> None:
        """Take over what was saved."""
        self._put(np.array(arrays["sums"]), np.array(arrays["totals"]))
