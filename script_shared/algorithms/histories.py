"""Reads of users as flat arrays: the input of every algorithm for a batch of users."""

from dataclasses import dataclass

import numpy as np

from script_shared.arrays import Float32s, FloatArray, Int64s, IntArray, UInt32s


@dataclass(frozen=True)
class Histories:
    """Reads of n users, each user's oldest first, one after the other.

    Attributes:
        offsets: int64 (n + 1); user i owns entries ``offsets[i]:offsets[i + 1]``.
        article: uint32 (entries); article rows.
        time_s: uint32 (entries); epoch seconds, UTC.
        engagement: float (entries); how much the user was engaged, 0 or more.

    >>> reads = Histories.of(np.array([1, 0, 1]), np.array([7, 8, 9]), np.array([1000, 2000, 3000]), np.ones(3), 2)
    >>> reads.take(np.array([1])).article.tolist(), reads.counts.tolist()
    ([7, 9], [1, 2])
    """

    offsets: Int64s
    article: UInt32s
    time_s: UInt32s
    engagement: FloatArray

    @classmethod
    def of(
        cls, reader: IntArray, article: IntArray, time_ms: IntArray, engagement: FloatArray, n_readers: int
    ) -> "Histories":
        """Group interactions sorted by time (ms) into the histories of users 0..n_readers-1.

        Args:
            reader: int (n), the user of each interaction.
            article: int (n), article rows.
            time_ms: int (n), epoch milliseconds, ascending.
            engagement: float (n), 0 or more.
            n_readers: how many users there are; some may have no interaction.
        """
        order = np.argsort(reader, kind="stable")
        offsets = np.zeros(n_readers + 1, np.int64)
        np.cumsum(np.bincount(reader, minlength=n_readers), out=offsets[1:])
        time_s = (time_ms // 1000).astype(np.uint32)
        return cls(offsets, article[order].astype(np.uint32), time_s[order], engagement[order])

    @classmethod
    def empty(cls, n_readers: int) -> "Histories":
        """Users who read nothing.

        Args:
            n_readers: number of users.
        """
        nothing = np.zeros(0, np.uint32)
        return cls(np.zeros(n_readers + 1, np.int64), nothing, nothing, np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def counts(self) -> Int64s:
        """int64 (n): reads of each user."""
        return np.diff(self.offsets)

    @property
    def owner(self) -> Int64s:
        """int64 (entries): the user (0..n-1) of each entry."""
        return np.repeat(np.arange(len(self)), self.counts)

    def take(self, rows: IntArray, *, latest: int | None = None) -> "Histories":
        """The histories of some users, in that order; row -1 gives an empty one.

        Args:
            rows: int (m); users, or -1.
            latest: keep only each user's newest so many entries.
        """
        known = rows >= 0
        stops = np.where(known, self.offsets[1:][rows], 0)
        starts = np.where(known, self.offsets[:-1][rows], 0)
        if latest is not None:
            starts = np.maximum(starts, stops - latest)
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(stops - starts, out=offsets[1:])
        if len(rows) == 1:  # one request: a slice, no index
            where: IntArray | slice = slice(int(starts[0]), int(stops[0]))
        else:
            where = spans(starts, offsets)
        return Histories(offsets, self.article[where], self.time_s[where], self.engagement[where])

    def latest(self, count: int) -> "Histories":
        """Each user's newest ``count`` entries.

        Args:
            count: entries of each user at most.
        """
        if len(self) == 1:
            if len(self.article) <= count:
                return self
            return Histories(
                np.array([0, count]), self.article[-count:], self.time_s[-count:], self.engagement[-count:]
            )
        return self.take(np.arange(len(self)), latest=count) if len(self.article) else self


def spans(starts: IntArray, offsets: IntArray) -> IntArray:
    """Indices of many slices, one after the other: slice i begins at ``starts[i]``, its length is the step of offsets.

    Args:
        starts: int (n).
        offsets: int (n + 1), ascending from 0.

    Returns:
        int64 (offsets[-1]).

    >>> spans(np.array([5, 9]), np.array([0, 2, 3])).tolist()
    [5, 6, 9]
    """
    shift = np.repeat(np.asarray(starts, np.int64) - offsets[:-1], np.diff(offsets))
    return shift + np.arange(offsets[-1])


@dataclass(frozen=True)
class Batch:
    """Users to score for.

    Attributes:
        rows: int64 (n); rows of known users, -1 for unknown ones.
        histories: what they read, n users.
        fresh: the histories go beyond what was known when the model was made, so what was computed from
            the old histories does not hold for these users.
    """

    rows: Int64s
    histories: Histories
    fresh: bool = False

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Candidates:
    """Articles to score.

    Attributes:
        rows: int64 (m); article rows.
        issued_ms: int64 (m); when they were published, epoch milliseconds, UTC.
        now_ms: the time on which ages are counted, epoch milliseconds, UTC.
    """

    rows: Int64s
    issued_ms: Int64s
    now_ms: int

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def age_hours(self) -> Float32s:
        """float32 (m): hours since publication."""
        return ((self.now_ms - self.issued_ms) / 3_600_000).astype(np.float32)
