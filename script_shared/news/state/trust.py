"""How much a click counts for everybody, 0 to 1, by its sender: computed only from the log's entries, in order.

A click that should not be believed looks like a real one, so two things are asked of it. Its user may not have clicked
the article before, nor too often within the hour. And each *source* of clicks that is cheap to make up (users who are
new, clicks that name nobody, one network) is compared with everybody else: an article gets as many clicks from a source
as the other clicks on it let expect, several times over, and a few more. A story that is really read is read by
everybody, so its clicks all count; one that a single source pushes is not, so nearly none of them do.
"""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.counting import windows
from script_shared.news.counting.decay import Decay
from script_shared.news.params import TrustParams

ALL, NEW, NAMELESS, FIRST_NETWORK = 0, 1, 2, 16  # sources of clicks; networks have the numbers from 16
SIGNED, ANSWER, UNSIGNED = "signed", "answer", "unsigned"  # what the API found out about an event, its ``proof``
PROVEN = (SIGNED, ANSWER)  # impressions that count in full against a user
BELIEVED = 0.5  # from this weight on a click counts where only whole clicks can
LEAST = 50.0  # clicks of others, below which a source cannot be compared with them: all of its clicks are believed then
LEAST_USUAL = 0.1  # new users and nameless clicks are thought to be at least so usual, by clicks of others
FIRST_USERS = 2.0  # new users of a network in an hour who are believed without comparison
WINDOWS = (windows.INDEX["10m"], windows.INDEX["1h"], windows.INDEX["24h"])  # short, long, and for what is usual
_NOTHING = 0.01  # clicks that do not matter any more
_NETWORKS = (1 << 32) - FIRST_NETWORK
_EVERYTHING = (1 << 32) - 1  # in place of an article's number


def network_source(network: str) -> int:
    """The source of a network's pseudonym, which is hexadecimal digits; ``ALL`` for none or for another text."""
    try:
        return FIRST_NETWORK + int(network[:8], 16) % _NETWORKS if network else ALL
    except ValueError:
        return ALL


def allowance(rest: float, usual: float, alone: float, above_usual: float) -> float:
    """How many clicks of one source an article may have.

    Args:
        rest: clicks of all others on it.
        usual: clicks of the source by clicks of all others, on all articles.
        alone, above_usual: as in ``TrustParams``.

    >>> allowance(rest=9.0, usual=0.5, alone=2, above_usual=3)
    17.0
    """
    return alone + above_usual * (rest + 1.0) * usual


def left_of_hour(spent: float, since_ms: float, limit: float) -> tuple[float, float]:
    """What a user may still add who added ``spent`` up to ``since_ms`` ago, and how much of it still counts.

    Args:
        spent: clicks that counted at the last one.
        since_ms: milliseconds since then.
        limit: clicks an hour that may count.

    >>> left_of_hour(20.0, 0.0, 20.0), left_of_hour(20.0, 1_800_000.0, 20.0)
    ((0.0, 20.0), (10.0, 10.0))
    """
    held = max(0.0, spent - limit * max(since_ms, 0.0) / HOUR_MS)
    return max(0.0, limit - held), held


class Everybody(NamedTuple):
    """Clicks that count for everybody, forward decayed in the short and the long window, and in that of a day.

    Attributes:
        short, long: on one article.
        all_short, all_long, all_day: on all articles.
    """

    short: float
    long: float
    all_short: float
    all_long: float
    all_day: float


class Sources:
    """Believed clicks of each source on each article, decayed in a short and a long window by when they arrived.

    Attributes:
        params: how much is believed.
    """

    def __init__(self, params: TrustParams, decay: Decay) -> None:
        self.params, self._decay = params, decay
        self._alone, self._above_usual = params.alone, params.above_usual  # read for every click
        self._tallies: dict[int, list[float]] = {}  # [short, long], forward decayed
        self._second, self._read_by = -1, [0.0] * len(WINDOWS)
        self._next_ms = 0  # when tallies are looked through again
        self._day = [0.0] * FIRST_NETWORK  # clicks of new users and of nobody, forward decayed in the window of a day

    def __len__(self) -> int:
        return len(self._tallies)

    def believe(
        self, number: int, everybody: Everybody, now_ms: int, *, new: bool, nameless: bool, network: int, most: float
    ) -> float:
        """The weight of a click on an article, at most ``most``; it is counted for its sources.

        Args:
            number: of the article.
            everybody: clicks of all users on the article and on all articles, decayed.
            now_ms: time of the click, epoch milliseconds.
            new: the user has not been seen before.
            nameless: the click names neither user nor visit.
            network: source of the sender's network, ``ALL`` when it is unknown.
            most: what the click may weigh at most, 0..1.
        """
        if most <= 0:
            return 0.0
        if now_ms >= self._next_ms:
            self._forget_small(now_ms)
        factors = self._factors(now_ms)
        mine, weight = [], most
        if network != ALL:
            of_article, total = self._of(network, number), self._of(network, _EVERYTHING)
            usual = _share(total[1], everybody.all_long, factors[1])
            weight = min(weight, self._room(of_article, everybody.short, everybody.long, usual, factors))
            mine = [of_article, total]
            if new and self._first_of_network(of_article, total, factors[1]):
                new = False
                self._day[NEW] += weight / factors[2]
        if source := NAMELESS if nameless else NEW if new else ALL:
            of_article, total = self._of(source, number), self._of(source, _EVERYTHING)
            usual = self._usual(source, everybody, factors)
            weight = min(weight, self._room(of_article, everybody.short, everybody.long, usual, factors))
            weight = min(weight, self._room(total, everybody.all_short, everybody.all_long, usual, factors))
            self._day[source] += weight / factors[2]
            mine += [of_article, total]
        for tally in mine:
            tally[0] += weight / factors[0]
            tally[1] += weight / factors[1]
        return weight

    def _first_of_network(self, of_article: list[float], total: list[float], factor: float) -> bool:
        """Whether a new user is among the first of a network, and its first on the article: as good as any other."""
        among_first = total[1] * factor < FIRST_USERS and of_article[1] * factor < _NOTHING
        return among_first and len(self) < self.params.networks

    def compares_new(self, everybody: Everybody, now_ms: int) -> bool:
        """Whether there are enough clicks of others to compare those of new users with."""
        return self._usual(NEW, everybody, self._factors(now_ms)) is not None

    def _factors(self, now_ms: int) -> list[float]:
        """What sums of ``WINDOWS`` are multiplied by to be read, as of the second."""
        second = now_ms // 1000
        if second != self._second:
            self._second = second
            self._read_by = [self._decay.factor(window, 1000 * second) for window in WINDOWS]
        return self._read_by

    def _room(
        self, own: list[float], short: float, long: float, usual: float | None, factors: Sequence[float]
    ) -> float:
        """How many more clicks of a source may count: the smaller allowance of the short and the long window.

        Args:
            short, long: clicks of everybody in the two windows.
        """
        if usual is None:
            return inf
        (of_short, of_long), by_short, by_long = own, factors[0], factors[1]
        alone, above = self._alone, self._above_usual
        rest = short - of_short
        room = allowance(rest * by_short if rest > 0 else 0.0, usual, alone, above) - of_short * by_short
        rest = long - of_long
        more = allowance(rest * by_long if rest > 0 else 0.0, usual, alone, above) - of_long * by_long
        room = more if more < room else room
        return room if room > 0 else 0.0

    def _usual(self, source: int, everybody: Everybody, factors: Sequence[float]) -> float | None:
        usual = _share(self._day[source], everybody.all_day, factors[2])
        return usual if usual is None else max(usual, LEAST_USUAL)

    def _of(self, source: int, number: int) -> list[float]:
        """The tally of a source and an article; one that is not kept where there is no room for more."""
        key = source << 32 | number
        tally = self._tallies.get(key)
        if tally is None:
            tally = [0.0, 0.0]
            if len(self._tallies) < self.params.networks * (1 if source >= FIRST_NETWORK else 2):
                self._tallies[key] = tally
        return tally

    def _forget_small(self, now_ms: int) -> None:
        """Make room: what has decayed to next to nothing is dropped."""
        self._next_ms = now_ms + HOUR_MS
        factor = self._decay.factor(WINDOWS[1], now_ms)
        self._tallies = {key: tally for key, tally in self._tallies.items() if tally[1] * factor >= _NOTHING}

    def scale(self, factors: Sequence[tuple[int, float]]) -> None:
        """Rescale after the landmarks of windows moved."""
        for window, factor in factors:
            self._second = -1
            if window == WINDOWS[2]:
                self._day = [factor * count for count in self._day]
            elif window in WINDOWS:
                at = WINDOWS.index(window)
                for tally in self._tallies.values():
                    tally[at] *= factor

    def turn_back(self, time_ms: int) -> None:
        """Continue from an earlier moment."""
        self._next_ms = min(self._next_ms, time_ms + HOUR_MS)

    def renumber(self, new: IntArray) -> None:
        """Follow articles that were renumbered; what is counted of forgotten ones (-1 in ``new``) is dropped."""
        found: dict[int, list[float]] = {}
        for key, tally in self._tallies.items():
            number = key & _EVERYTHING
            to = number if number == _EVERYTHING else int(new[number])
            if to >= 0:
                found[key - number + to] = tally
        self._tallies = found

    def arrays(self) -> dict[str, IntArray]:
        """The arrays to save, by name."""
        tallies = np.array(list(self._tallies.values()), np.float64).reshape(-1, 2)
        keys = np.array(list(self._tallies), np.uint64)
        return {"keys": keys, "tallies": tallies, "day": np.array(self._day), "next": np.array([self._next_ms])}

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Restore the saved values."""
        self._tallies = dict(zip(arrays["keys"].tolist(), arrays["tallies"].tolist(), strict=True))
        self._day, self._next_ms = arrays["day"].tolist(), int(arrays["next"][0])


def _share(own: float, total: float, factor: float) -> float | None:
    """Clicks of a source by clicks of all others; None where these are too few to compare."""
    rest = total - own
    return own / rest if rest * factor >= LEAST else None
