"""Windows of time: the newest one, and comparable earlier ones.

A Monday is compared with Mondays: a site's reads at noon on Sunday differ from those of a Monday morning without any
drift. The differences between such windows are usual; only a larger difference is drift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from script_shared.arrays import FloatArray, IntArray

DAY = timedelta(days=1)
ENOUGH = 4  # windows of one weekday that need no others
SURE = 0.995  # share of windows without drift whose index is below the usual one


@dataclass(frozen=True)
class Window:
    """A span of time, its end excluded; both in UTC."""

    start: datetime
    end: datetime

    @property
    def weekday(self) -> int:
        """Day of its middle, 0 for Monday."""
        return (self.start + (self.end - self.start) / 2).weekday()

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"


def newest_window(end_ms: int, hours: float) -> Window:
    """The last hours of data that end at a moment (epoch milliseconds).

    Args:
        end_ms: end of the data, epoch milliseconds, UTC.
        hours: length of the window.
    """
    end = datetime.fromtimestamp(end_ms / 1000, UTC)
    return Window(end - timedelta(hours=hours), end)


def windows_before(newest: Window, begin: datetime, until: datetime) -> list[Window]:
    """Windows at the same hours of the day that do not overlap, the latest first.

    They are those of the same weekday if there are enough of them; else those of working days for a working day
    and of weekends for a weekend; else all.

    Args:
        newest: the window that is compared with them.
        begin: when the data begin.
        until: when the reference ends, such as the last moment that the release in service learned from.
    """
    length = newest.end - newest.start
    step = max(1, -(-length // DAY)) * DAY
    found = []
    window = Window(newest.start - step, newest.end - step)
    while window.start >= begin:
        if window.end <= until:
            found.append(window)
        window = Window(window.start - step, window.end - step)
    for alike in (_same_weekday, _same_kind_of_day):
        chosen = [each for each in found if alike(each, newest)]
        if len(chosen) >= ENOUGH:
            return chosen
    return found


def _same_weekday(one: Window, other: Window) -> bool:
    return one.weekday == other.weekday


def _same_kind_of_day(one: Window, other: Window) -> bool:
    return (one.weekday >= 5) == (other.weekday >= 5)


def usual_index(indices: Sequence[float] | FloatArray) -> float:
    """The index that one more window without drift exceeds once in two hundred times; 0 for fewer than two.

    The upper prediction limit of a normal sample, of the indices' square roots, which are roughly normal.

    Args:
        indices: of each earlier window compared with the others.

    >>> round(usual_index([0.01, 0.01, 0.01, 0.01]), 3)
    0.01
    """
    from scipy.stats import t

    if len(indices) < 2:
        return 0.0
    roots = np.sqrt(np.maximum(indices, 0))
    width = float(t.ppf(SURE, len(roots) - 1)) * roots.std(ddof=1) * np.sqrt(1 + 1 / len(roots))
    return float(roots.mean() + width) ** 2


def others(counts: IntArray) -> IntArray:
    """For each window the counts of all other windows, (windows, bins)."""
    rest: IntArray = counts.sum(axis=0) - counts
    return rest
