"""Additions that wait to be made together: one pass of numpy for many events, in the events' order."""

from array import array
from collections.abc import Sequence

import numpy as np

from script_shared.arrays import FloatArray

ENOUGH = 20_000


class Pending:
    """Places of a flat array, each with an amount that is multiplied by the weights of its event.

    Additions are made one after another in order, so it does not matter when they are made.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._places, self._amounts, self._sizes = array("q"), array("f"), array("i")
        self._weights: list[Sequence[float]] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, places: Sequence[int], amounts: Sequence[float], weights: Sequence[float]) -> None:
        """Add the amounts of one event; ``weights`` are the event's in all half-lives."""
        self._places.extend(places)
        self._amounts.extend(amounts)
        self._sizes.append(len(places))
        self._weights.append(weights)

    def flush(self, windows: Sequence[int], sums: Sequence[FloatArray]) -> None:
        """Make the additions: ``sums`` holds a flat array for each of ``windows``."""
        if not self._places:
            return
        places, amounts = np.array(self._places), np.array(self._amounts, np.float64)
        weights = np.array(self._weights)
        for window, flat in zip(windows, sums, strict=True):
            added = amounts * np.repeat(weights[:, window], self._sizes)
            np.add.at(flat, places, added.astype(flat.dtype))
        self._clear()
