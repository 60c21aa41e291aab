"""The time of a live state: that of its latest event; it turns back when a clock that was ahead is corrected."""

BEHIND_MS = 600_000  # an event that is dated now and lies further back shows that the clock was ahead,
TURNS = 20  # or is behind now: after so many of them in a row, time turns back


class StateTime:
    """Follows the times of events; nothing reads the wall clock.

    Attributes:
        now_ms: time of the latest event, 0 before the first.
        first_ms: time of the first event, 0 before it.
        behind: events in a row that were dated now and lay far behind the latest one.
        turns: whether time may turn back; not on the time of historical data. turned: how often it did.
    """

    def __init__(self) -> None:
        self.now_ms = self.first_ms = self.behind = self.turned = 0
        self.turns = True

    def advance(self, time_ms: int) -> None:
        """Take over the time of an event after the latest one."""
        self.behind = 0
        self.first_ms = self.first_ms or time_ms
        self.now_ms = time_ms

    def is_ahead(self, time_ms: int, *, late: bool) -> bool:
        """Whether time must turn back to an event from before the latest one.

        Args:
            late: it was known to be late when it came, so it says nothing about the clock.
        """
        if self.now_ms - time_ms <= BEHIND_MS:
            self.behind = 0
        elif self.turns and not late:
            self.behind += 1
            return self.behind >= TURNS
        return False

    def turn_back(self, time_ms: int) -> None:
        """Go on from an earlier moment."""
        self.now_ms, self.first_ms, self.behind = time_ms, min(self.first_ms, time_ms), 0
        self.turned += 1

    def restore(self, now_ms: int, first_ms: int, behind: int) -> None:
        """Restore the saved values."""
        self.now_ms, self.first_ms, self.behind = now_ms, first_ms, behind
