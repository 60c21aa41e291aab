"""Changes of large tables, applied in batches: additions in the order of the events, and clearing."""

from array import array
from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float64s, FloatArray, Int64s

ENOUGH = 20_000


def clear_cells(tables: FloatArray, rows: Int64s, columns: Int64s) -> None:
    """Set cells to zero in each of several tables.

    Args:
        tables: (tables, rows, columns), changed in place.
        rows: int64 (k).
        columns: int64 (k).
    """
    places = rows * tables.shape[2] + columns
    for table in tables:
        table.reshape(-1)[places] = 0.0


class PendingChanges:
    """Additions that wait: places in a flat table of (rows, width), with amounts to multiply by their event's weights.

    Each addition is also made to the total of its row. Additions are applied in order, so the result does not depend on
    when they are applied.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._clear()

    def __len__(self) -> int:
        return len(self._places)

    def _clear(self) -> None:
        self._places, self._amounts, self._sizes = array("q"), array("f"), array("i")
        self._weights = array("d")

    def add(self, places: Sequence[int], amounts: "array[float]", weights: "array[float]") -> bool:
        """Add the amounts of one event; returns whether enough additions wait to be applied.

        Args:
            amounts: float32; weights: of the event, by half-life.
        """
        self._places.extend(places)
        self._amounts.extend(amounts)
        self._sizes.append(len(places))
        self._weights.extend(weights)
        return len(self._places) >= ENOUGH

    def take(self, windows: Sequence[int]) -> tuple[Int64s, Int64s, Float64s]:
        """Remove and return the waiting additions, in order; there must be at least one.

        Returns:
            int64 (k), places and their rows, and float64 (windows, k), what to add in each of ``windows``.
        """
        places, amounts = np.array(self._places), np.array(self._amounts, np.float64)
        weights, sizes = np.array(self._weights).reshape(len(self._sizes), -1), self._sizes
        self._clear()
        return places, places // self._width, (amounts[:, None] * weights[:, windows].repeat(sizes, axis=0)).T
