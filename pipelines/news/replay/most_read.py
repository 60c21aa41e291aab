"""The most read articles before each click of a replay: plain lists that a release has to beat.

Clicks are counted apart from the live state, by half-lives of the clock, so that they are the same whatever a release
is made of.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, partial

import numpy as np

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Request
from script_shared.arrays import FloatArray, IntArray
from script_shared.clock import HOUR_MS

ALWAYS = ("most_read_10m", "most_read_1h")
UNITS_MS = {"m": 60_000, "h": HOUR_MS, "d": 24 * HOUR_MS}
REACH = 400.0  # half-lives that counts may lie after their landmark; double precision has room for 1,000


def half_life_ms(name: str) -> int:
    """Of a row's name.

    >>> half_life_ms("most_read_10m"), half_life_ms("most_read_7d")
    (600000, 604800000)
    """
    number, unit = re.fullmatch(r"most_read_(\d+)([mhd])", name).groups()  # type: ignore[union-attr]  # params checked it
    return int(number) * UNITS_MS[unit]


def rows_of(beats: Iterable[str]) -> list[str]:
    """The rows that are measured: two always, and those that have to be beaten; short half-lives first.

    Args:
        beats: names of rows such as ``most_read_10m``, from ``gate.beats``.
    """
    return sorted({*ALWAYS, *beats}, key=half_life_ms)


class MostRead:
    """Decayed counts over all articles, folded along a stream.

    Args:
        issued_ms: (articles) publication of each.
        max_age_hours: age at which articles expire: the rule that every model is held to.
        names: rows, such as ``most_read_1h``.
    """

    def __init__(self, stream: Stream, issued_ms: IntArray, max_age_hours: float, names: Iterable[str]) -> None:
        self.stream, self.names = stream, list(names)
        order = np.argsort(issued_ms, kind="stable")  # by publication, so that live articles are adjacent
        self._issued_ms, self._max_age_ms = np.asarray(issued_ms)[order], max_age_hours * HOUR_MS
        self._place = np.empty(len(order), np.int64)
        self._place[order] = np.arange(len(order))
        self._half_lives = np.array([half_life_ms(name) for name in self.names], np.float64)
        self._sums: FloatArray = np.zeros((len(self.names), len(self._issued_ms)))
        self._landmarks = np.full(len(self.names), float(stream.time_ms[0]) if len(stream) else 0.0)
        self._folded = 0
        self._latest: tuple[int, list[int]] = (-1, [])

    def fold_until(self, place: int) -> None:
        """Count every click before a place."""
        if place <= self._folded:
            return
        part, last_ms = slice(self._folded, place), float(self.stream.time_ms[place - 1])
        for row, half_life in enumerate(self._half_lives):
            if last_ms - self._landmarks[row] > REACH * half_life:
                self._sums[row] *= 2.0 ** max((self._landmarks[row] - last_ms) / half_life, -1000.0)
                self._landmarks[row] = last_ms
            weights = np.exp2(np.maximum((self.stream.time_ms[part] - self._landmarks[row]) / half_life, -1000.0))
            np.add.at(self._sums[row], self._place[self.stream.article[part]], weights)
        self._folded = place

    def models(self) -> dict[str, Callable[[Request], int]]:
        """The rows as models of a replay, by name."""
        return {name: partial(self._rank, row) for row, name in enumerate(self.names)}

    def _rank(self, row: int, request: Request) -> int:
        if self._latest[0] != request.place:
            self._latest = (request.place, self.ranks(request.place))
        return self._latest[1][row]

    def ranks(self, place: int) -> list[int]:
        """By row, the place of the clicked article just before its click, among all articles that are alive and unread.

        Articles with equal counts count as better.
        """
        first = self.stream.first_of_moment(place)
        self.fold_until(first)
        article, now_ms = int(self._place[self.stream.article[place]]), int(self.stream.time_ms[place])
        low = int(np.searchsorted(self._issued_ms, now_ms - self._max_age_ms, "left"))
        high = int(np.searchsorted(self._issued_ms, now_ms, "right"))
        read = np.unique(self._place[self._reads_before(int(self.stream.user[place]), first)])
        read = read[(read >= low) & (read < high)]
        if not low <= article < high or article in read:
            return [MISSED] * len(self.names)
        own = self._sums[:, article]
        better = (self._sums[:, low:high] >= own[:, None]).sum(axis=1) - 1
        better -= (self._sums[:, read] >= own[:, None]).sum(axis=1)
        return [int(rank) if value > 0 else MISSED for rank, value in zip(better, own, strict=True)]

    def _reads_before(self, user: int, place: int) -> IntArray:
        """Articles that the user clicked before a position of the stream."""
        by_user, bounds = self._clicks
        places = by_user[bounds[user] : bounds[user + 1]]
        read: IntArray = self.stream.article[places[: np.searchsorted(places, place)]]
        return read

    @cached_property
    def _clicks(self) -> tuple[IntArray, IntArray]:
        """(clicks) places ordered by user, and (users + 1) the start of each user's places."""
        by_user = np.argsort(self.stream.user, kind="stable")
        return by_user, np.searchsorted(self.stream.user[by_user], np.arange(len(self.stream.user_ids) + 1))
