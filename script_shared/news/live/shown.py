"""How often each article was shown to each reader lately."""

from collections.abc import Mapping

_PER_READER = 200


class Shown:
    """Counts of impressions by reader and article number; bounded, the readers shown something longest ago go first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._counts: dict[int, dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, key: int, number: int) -> None:
        """Count an impression."""
        counts = self._counts.pop(key, None)
        if counts is None:
            counts = {}
            if len(self._counts) >= self.capacity:
                del self._counts[next(iter(self._counts))]
        self._counts[key] = counts
        counts[number] = counts.pop(number, 0) + 1
        if len(counts) > _PER_READER:
            del counts[next(iter(counts))]

    def of(self, key: int) -> Mapping[int, int]:
        """How often each article number was shown to a reader."""
        return self._counts.get(key, {})

    def forget(self, key: int) -> None:
        """Forget a reader."""
        self._counts.pop(key, None)

    def rows(self) -> list[tuple[int, int, int]]:
        """What is saved: reader, article number, count, in order."""
        return [(key, number, count) for key, of in self._counts.items() for number, count in of.items()]

    def restore(self, rows: list[tuple[int, int, int]]) -> None:
        """Take over what was saved."""
        self._counts = {}
        for key, number, count in rows:
            self._counts.setdefault(key, {})[number] = count
