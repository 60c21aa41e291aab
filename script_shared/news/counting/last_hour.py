"""The most read of the last hour, counted exactly: the plain list that every answer is compared with."""

import heapq
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from script_shared.clock import HOUR_MS

MINUTE_MS = 60_000


class LastHour:
    """Clicks per article in a sliding hour, by minute; in hundredths, because a click may weigh less than 1."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, Counter[str]]] = deque()
        self._total: Counter[str] = Counter()
        self._top: tuple[int, int, int, list[str]] = (-1, 0, 0, [])  # second, n, adds, found
        self._adds = 0

    def add(self, article_id: str, time_ms: int, weight: float = 1.0) -> None:
        """Count a click with its weight for everybody; a late click counts in the newest minute.

        Args:
            article_id: of any article.
            time_ms: epoch milliseconds, UTC.
            weight: 0 to 1; counted in hundredths.
        """
        hundredths = round(100 * weight)
        if not hundredths:
            return
        minute = time_ms // MINUTE_MS
        if not self._minutes or minute > self._minutes[-1][0]:
            self._minutes.append((minute, Counter()))
            self._leave(time_ms)
        elif time_ms < self._minutes[-1][0] * MINUTE_MS - HOUR_MS:
            return
        self._minutes[-1][1][article_id] += hundredths
        self._total[article_id] += hundredths
        self._adds += 1

    def turn_back(self, time_ms: int) -> None:
        """Forget the minutes after a moment, which were counted while the clock was ahead.

        Args:
            time_ms: epoch milliseconds, UTC.
        """
        while self._minutes and self._minutes[-1][0] > time_ms // MINUTE_MS:
            self._subtract(self._minutes.pop()[1])
        self._top = (-1, 0, 0, [])

    def top(self, now_ms: int, n: int) -> list[str]:
        """The n most read, most read first, ties by id; computed again each second and after 0.5 % more clicks.

        Args:
            now_ms: epoch milliseconds, UTC.
            n: how many articles, at most.
        """
        second, found_n, adds, found = self._top
        if second != now_ms // 1000 or found_n < n or self._adds - adds > self._adds // 200:
            self._leave(now_ms)
            found = self._most_read(n)
            self._top = (now_ms // 1000, n, self._adds, found)
        return found[:n]

    def as_json(self) -> dict[str, Any]:
        """The values to save, as JSON types."""
        return {"minutes": [[minute, dict(counts)] for minute, counts in self._minutes], "adds": self._adds}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restore the saved values in a new object."""
        self._minutes.extend((int(minute), Counter(counts)) for minute, counts in saved["minutes"])
        for _, counts in self._minutes:
            self._total.update(counts)
        self._adds = int(saved["adds"])

    def _most_read(self, n: int) -> list[str]:
        """The n most read articles; sorts only those that may be among them."""
        least = min(heapq.nlargest(n, self._total.values()), default=0)
        best = sorted([(-count, article_id) for article_id, count in self._total.items() if count >= least])
        return [article_id for _, article_id in best[:n]]

    def _leave(self, now_ms: int) -> None:
        first = (now_ms - HOUR_MS) // MINUTE_MS
        while self._minutes and self._minutes[0][0] < first:
            self._subtract(self._minutes.popleft()[1])

    def _subtract(self, minute: Counter[str]) -> None:
        """Subtract the clicks of a minute; only the counts of its articles change."""
        for article_id, count in minute.items():
            self._total[article_id] -= count
            if self._total[article_id] <= 0:
                del self._total[article_id]
