"""The one clock on which ages, windows and expiry are counted."""

import time
from dataclasses import dataclass
from typing import Literal

ClockMode = Literal["wall", "data"]
HOUR_MS = 3_600_000


def wall_ms() -> int:
    """Wall time in epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000


@dataclass
class Clock:
    """Says which time it is for everything that is counted in time.

    Attributes:
        mode: ``wall`` in production; ``data`` for historical releases, where time stands at the end of the data.
        data_end_ms: time of the newest interaction known, epoch milliseconds, UTC.

    >>> clock = Clock("data", 1000)
    >>> clock.advance(1500); clock.advance(1200); clock.now_ms()
    1500
    """

    mode: ClockMode
    data_end_ms: int

    def now_ms(self) -> int:
        """The time it is, in epoch milliseconds, UTC."""
        return wall_ms() if self.mode == "wall" else self.data_end_ms

    def advance(self, event_ms: int) -> None:
        """Move a data clock on to an event; it never runs backwards, and a wall clock needs no moving."""
        self.data_end_ms = max(self.data_end_ms, event_ms)


def clock_mode(data_end_ms: int, made_at_ms: int, max_lag_hours: float) -> ClockMode:
    """Wall time while the data is fresh, data time when it is history.

    >>> clock_mode(data_end_ms=0, made_at_ms=HOUR_MS, max_lag_hours=48)
    'wall'
    >>> clock_mode(data_end_ms=0, made_at_ms=49 * HOUR_MS, max_lag_hours=48)
    'data'
    """
    return "wall" if made_at_ms - data_end_ms <= max_lag_hours * HOUR_MS else "data"
