"""Who read what: for each user the reads in order, the visit under way and what kind of articles the user takes."""

from array import array
from itertools import accumulate, compress, pairwise
from math import log, log1p
from zlib import crc32

import numpy as np

from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.readers.key_places import KeyPlaces
from script_shared.throttle import yield_cpu

SHARE_FLOOR = 1e-5  # of all clicks of an hour: the share of an article without any
_LEAST_RATE = 0.1  # of the mean that is a user's taste: of the latest ten clicks or so
PAUSE_MS = 30 * 60_000  # without session ids, a longer pause begins a new visit
_COLUMNS = {
    "last_ms": "q",
    "before_ms": "q",
    "session": "Q",
    "depth": "H",
    "total": "I",
    "taste_share": "f",
    "taste_age": "f",
    "referrer": "b",
    "first_ms": "q",
    "spent_ms": "q",
    "spent": "f",
}
LATER = ("first_ms", "spent_ms", "spent")  # columns that a snapshot of an earlier version lacks; they begin with 0
_RESTORED = 1_000  # users taken over before the thread may rest
_AT_ONCE = 10_000  # users whose reads are renumbered together


class ReaderHistories:
    """Columns of users, a place for each; no id is kept, only 64 bits of a one-way digest.

    Attributes:
        last_ms: last click of each user.
        before_ms: last click of the visit before the one under way, -1 when there was none.
        depth: clicks in the visit under way.
        total: clicks ever.
        taste_share, taste_age: running means over clicked articles: log of their share of an hour's clicks, and of
            1 + their age in hours.
        referrer: code of how the visit under way came.
        first_ms: the state's time when the user's first click arrived.
        read_bytes: uint32, numbers of the articles that each user read, latest last.
        spent, spent_ms: what the user added to everybody's counts lately, and the state's time when.
    """

    last_ms: "array[int]"
    before_ms: "array[int]"
    session: "array[int]"
    depth: "array[int]"
    total: "array[int]"
    taste_share: "array[float]"
    taste_age: "array[float]"
    referrer: "array[int]"
    first_ms: "array[int]"
    spent_ms: "array[int]"
    spent: "array[float]"

    def __init__(self, capacity: int, reads_kept: int) -> None:
        self.capacity, self.reads_kept = capacity, reads_kept
        self._empty()

    def _empty(self) -> None:
        self._places = KeyPlaces()
        self.read_bytes: list[bytes] = []
        for name, kind in _COLUMNS.items():
            setattr(self, name, array(kind))

    def __len__(self) -> int:
        return len(self._places)

    def find(self, key: int) -> int:
        """The place of a user, -1 when not known."""
        return self._places.find(key)

    def click(self, key: int, session: str, time_ms: int, arrived_ms: int) -> int:
        """The place of a user whose click arrives now; a new user gets a place, and a visit begins where one does."""
        place, code = self._places.find(key), crc32(session.encode()) if session else 0
        if place < 0:
            place = self._make(key)
        elif self.session[place] != code or not (session or time_ms - self.last_ms[place] <= PAUSE_MS):
            self.before_ms[place], self.depth[place] = self.last_ms[place], 0
        self.session[place] = code
        if not self.total[place]:
            self.first_ms[place] = arrived_ms
        return place

    def same_visit(self, place: int, session: str, time_ms: int) -> bool:
        """Whether a click now would belong to the visit under way."""
        if session:
            return crc32(session.encode()) == self.session[place]
        return self.session[place] == 0 and time_ms - self.last_ms[place] <= PAUSE_MS

    def _make(self, key: int) -> int:
        if len(self._places) >= self.capacity:
            self._drop_oldest(len(self._places) - self.capacity + self.capacity // 10 + 1)
        place = self._places.add(key)
        self.read_bytes.append(b"")
        for name in _COLUMNS:
            getattr(self, name).append(-1 if name == "before_ms" else 0)
        return place

    def read(self, place: int, number: int, time_ms: int) -> None:
        """Remember a read."""
        reads, depth = self.read_bytes[place] + number.to_bytes(4, "little"), self.depth[place]
        self.read_bytes[place] = reads if len(reads) <= 4 * self.reads_kept else reads[-4 * self.reads_kept :]
        if time_ms > self.last_ms[place]:
            self.last_ms[place] = time_ms
        if depth < self.reads_kept:
            self.depth[place] = depth + 1
        self.total[place] += 1

    def learn_taste(self, place: int, share: float, age_ms: float) -> None:
        """Update a user's taste with a click, before the click is counted.

        Args:
            share: of the article in all clicks of the last hour.
            age_ms: of the article.
        """
        rate = max(1.0 / (self.total[place] + 1), _LEAST_RATE)
        self.taste_share[place] += rate * (log(share + SHARE_FLOOR) - self.taste_share[place])
        self.taste_age[place] += rate * (log1p(max(age_ms, 0.0) / HOUR_MS) - self.taste_age[place])

    def turn_back(self, time_ms: int) -> None:
        """Let no click lie after a moment."""
        for name in ("last_ms", "before_ms", "first_ms", "spent_ms"):
            bounded = np.minimum(np.array(getattr(self, name), np.int64), time_ms)
            setattr(self, name, array("q", bounded.tobytes()))

    def has_read(self, place: int, number: int) -> bool:
        """Whether a user read an article, as far as reads are remembered."""
        reads, name = self.read_bytes[place], number.to_bytes(4, "little")
        at = reads.find(name)
        while at > 0 and at % 4:
            at = reads.find(name, at + 1)
        return at >= 0

    def reads(self, place: int) -> IntArray:
        """uint32 numbers of the articles read, latest first."""
        return np.frombuffer(self.read_bytes[place], "<u4")[::-1]

    def latest(self, place: int, count: int) -> list[int]:
        """The numbers of the last ``count`` articles read, latest first."""
        return array("I", self.read_bytes[place][-4 * count :]).tolist()[::-1]

    def forget(self, key: int) -> None:
        """Forget a user."""
        if self._places.find(key) < 0:
            return
        place, last = self._places.remove(key), len(self.read_bytes) - 1
        if place != last:
            self.read_bytes[place] = self.read_bytes[last]
            for name in _COLUMNS:
                getattr(self, name)[place] = getattr(self, name)[last]
        self.read_bytes.pop()
        for name in _COLUMNS:
            getattr(self, name).pop()

    def give(self, old: int, new: int) -> None:
        """Add what one user read to what another one did, as reads of the visit under way.

        Args:
            old, new: keys.
        """
        if self.find(old) >= 0 and self.find(new) < 0:
            self._make(new)  # which may forget others
        if (source := self.find(old)) < 0:
            return
        place = self.find(new)
        self.read_bytes[place] = (self.read_bytes[place] + self.read_bytes[source])[-4 * self.reads_kept :]
        if self.total[place]:
            self._join_columns(source, place)
        else:
            for name in _COLUMNS:
                getattr(self, name)[place] = getattr(self, name)[source]

    def _join_columns(self, source: int, place: int) -> None:
        """What two users who turn out to be one add up to; the visit of the first is under way."""
        own, more = self.total[place], self.total[source]
        for name in ("taste_share", "taste_age"):
            column = getattr(self, name)
            column[place] = (own * column[place] + more * column[source]) / (own + more)
        if self.session[place] == self.session[source] and self.session[place]:
            self.depth[place] = min(self.depth[place] + self.depth[source], self.reads_kept)
        else:
            self.before_ms[place] = max(self.last_ms[place], self.before_ms[source])
            for name in ("depth", "session", "referrer"):
                getattr(self, name)[place] = getattr(self, name)[source]
        self.total[place] = own + more
        self.spent[place] += self.spent[source]
        self.spent_ms[place] = max(self.spent_ms[place], self.spent_ms[source])
        self.last_ms[place] = max(self.last_ms[place], self.last_ms[source])
        self.first_ms[place] = min(self.first_ms[place], self.first_ms[source])

    def renumber(self, new: IntArray) -> None:
        """Follow articles that were renumbered; reads of forgotten ones (-1 in ``new``) become reads of number 0."""
        numbers = np.maximum(new, 0).astype("<u4")
        for start in range(0, len(self.read_bytes), _AT_ONCE):
            some = self.read_bytes[start : start + _AT_ONCE]
            block = numbers[np.frombuffer(b"".join(some), "<u4")].tobytes()
            ends = accumulate(map(len, some), initial=0)
            self.read_bytes[start : start + _AT_ONCE] = [block[first:last] for first, last in pairwise(ends)]

    def _drop_oldest(self, count: int) -> None:
        """Forget the users whose last click is longest ago."""
        kept = np.ones(len(self.read_bytes), bool)
        kept[np.argsort(np.array(self.last_ms), kind="stable")[:count]] = False
        self._places.keep(kept)
        self.read_bytes = list(compress(self.read_bytes, kept))
        for name, kind in _COLUMNS.items():
            setattr(self, name, array(kind, np.array(getattr(self, name))[kept].tobytes()))

    def arrays(self) -> dict[str, IntArray]:
        """What is saved, by name; users in order of their places."""
        columns = {name: np.array(getattr(self, name)) for name in _COLUMNS}
        lengths = np.array([len(reads) // 4 for reads in self.read_bytes], np.int64)
        block = np.frombuffer(b"".join(self.read_bytes), "<u4")
        return {**columns, "keys": np.array(self._places.keys, np.uint64), "lengths": lengths, "reads": block}

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Restore the saved values."""
        self._empty()
        for name, kind in _COLUMNS.items():
            saved = arrays[name] if name in arrays else np.zeros(len(arrays["keys"]))
            column = array(kind)
            column.frombytes(np.asarray(saved).astype(kind).tobytes())
            setattr(self, name, column)
            yield_cpu()
        self._places.restore(arrays["keys"])
        yield_cpu()
        block, ends = arrays["reads"].astype("<u4").tobytes(), np.cumsum(arrays["lengths"])
        begins = ends - arrays["lengths"]
        yield_cpu()
        for start in range(0, len(ends), _RESTORED):
            some = slice(start, start + _RESTORED)
            bounds = zip(begins[some].tolist(), ends[some].tolist(), strict=True)
            self.read_bytes.extend(block[4 * begin : 4 * end] for begin, end in bounds)
            yield_cpu()
