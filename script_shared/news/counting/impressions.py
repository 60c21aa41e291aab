"""Recent impressions of each article by each user."""

from collections.abc import Mapping
from itertools import islice, pairwise

import numpy as np

from script_shared.arrays import IntArray, UInt64s

PER_READER = 200  # articles remembered for one user
MEAN = 10  # articles remembered for a user, on average over ``capacity`` users
_ENTRY = np.dtype([("number", "<u4"), ("count", "<u2")])
MOST_SHOWN = 65_535
_SIZE = _ENTRY.itemsize


class ImpressionCounts:
    """Counts of impressions by user and article number; the users with the oldest last impression are dropped first.

    There are two limits: ``capacity`` users, and ``MEAN`` times as many pairs of user and article. A user's pairs are
    packed, six bytes each; the article shown last is at the end.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.pairs = 0
        self._of: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._of)

    def add(self, key: int, number: int, most: int = MOST_SHOWN) -> None:
        """Count an impression; a count of ``most`` or more stays as it is.

        Args:
            key: of the user, see ``reader_key``.
            number: of the article.
            most: the highest count.
        """
        before = self._of.pop(key, b"")
        name, count, rest = number.to_bytes(4, "little"), 0, before
        if (at := _find(before, name)) >= 0:
            count, rest = int.from_bytes(before[at + 4 : at + _SIZE], "little"), before[:at] + before[at + _SIZE :]
        after = (rest + name + max(count, min(count + 1, most)).to_bytes(2, "little"))[-_SIZE * PER_READER :]
        self._of[key] = after
        self.pairs += (len(after) - len(before)) // _SIZE
        if len(self._of) > self.capacity or self.pairs > max(MEAN * self.capacity, PER_READER):
            self._drop_oldest()

    def give(self, old: int, new: int) -> None:
        """Add the impressions of one user to those of another.

        Args:
            old: key of the user or visit whose impressions are copied.
            new: key of the user who gets them.
        """
        if old not in self._of:
            return
        before = self._of.pop(new, b"")
        counts: dict[int, int] = {}
        for number, count in np.frombuffer(before + self._of[old], _ENTRY).tolist():
            counts[number] = min(counts.pop(number, 0) + count, MOST_SHOWN)
        joined = np.array(list(counts.items())[-PER_READER:], _ENTRY)
        self._of[new] = joined.tobytes()
        self.pairs += len(joined) - len(before) // _SIZE

    def _drop_oldest(self) -> None:
        """Drop a sixteenth of the users at once: finding the first one is slow after many deletions."""
        for key in list(islice(self._of, max(1, len(self._of) // 16))):
            self.forget(key)

    def of(self, key: int) -> Mapping[int, int]:
        """How often each article number was shown to a user.

        Args:
            key: of the user, see ``reader_key``.
        """
        entries = np.frombuffer(self._of.get(key, b""), _ENTRY)
        return dict(zip(entries["number"].tolist(), entries["count"].tolist(), strict=True))

    def forget(self, key: int) -> None:
        """Forget a user.

        Args:
            key: of the user, see ``reader_key``.
        """
        self.pairs -= len(self._of.pop(key, b"")) // _SIZE

    def rows(self) -> UInt64s:
        """uint64 (pairs, 3), what is saved: user, article number and count, in order."""
        entries = np.frombuffer(b"".join(self._of.values()), _ENTRY)
        readers = np.repeat(np.array(list(self._of), np.uint64), [len(of) // _SIZE for of in self._of.values()])
        return np.stack([readers, entries["number"].astype(np.uint64), entries["count"].astype(np.uint64)], axis=1)

    def restore(self, rows: IntArray) -> None:
        """Restore the saved values.

        Args:
            rows: uint64 (pairs, 3): key of the user, number of the article, count; the rows of a user are adjacent.
        """
        entries = np.empty(len(rows), _ENTRY)
        entries["number"], entries["count"] = rows[:, 1], np.minimum(rows[:, 2], np.uint64(MOST_SHOWN))
        block, readers = entries.tobytes(), rows[:, 0]
        begins = np.flatnonzero(readers[1:] != readers[:-1]) + 1
        bounds = [0, *begins.tolist(), len(rows)] if len(rows) else []
        spans = pairwise(_SIZE * bound for bound in bounds)
        keys = readers[bounds[:-1]].tolist() if bounds else []
        self._of = {key: block[start:end] for key, (start, end) in zip(keys, spans, strict=True)}
        self.pairs = len(entries)

    def renumber(self, new: IntArray) -> None:
        """Apply new article numbers; ``new`` has the new number for each old one, -1 for none.

        Args:
            new: int (old numbers).
        """
        rows = self.rows()
        numbers = new[rows[:, 1].astype(np.int64)]
        rows[:, 1] = numbers.astype(np.uint64)
        self.restore(rows[numbers >= 0])


def _find(entries: bytes, name: bytes) -> int:
    """Where the entry of a number begins, -1 if there is none."""
    at = entries.find(name)
    while at >= 0 and at % _SIZE:
        at = entries.find(name, at + 1)
    return at
