"""How long each part of a step took."""

from time import perf_counter


class Stopwatch:
    """Seconds by part, each since the part before."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def note(self, part: str) -> None:
        """The part that just ended gets the seconds since the one before it."""
        now = perf_counter()
        self.seconds[part] = round(now - self._last, 2)
        self._last = now
