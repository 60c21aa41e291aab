"""How much a click counts for everybody, 0 to 1, by who sent it: computed from the log's entries alone, in their order.

A click that should not be believed looks like a real one, so two things are asked of it. Its user may not have clicked
the article before, nor too often within the hour. And each *source* of clicks that is cheap to make up (users who are
new, clicks that name nobody, one network) is compared with everybody else: an article gets as many clicks from a source
as the other clicks on it let expect, several times over, and a few more. A story that is really read is read by
everybody, so its clicks all count; one that a single source pushes is not, so nearly none of them do.
"""

from collections.abc import Sequence
from math import inf

import numpy as np

from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.params import TrustParams

ALL, NEW, NAMELESS, FIRST_NETWORK = 0, 1, 2, 16  # sources of clicks; networks have the numbers from 16
SIGNED, ANSWER, UNSIGNED = "signed", "answer", "unsigned"  # what the API found out about an event, its ``proof``
PROVEN = (SIGNED, ANSWER)  # impressions that count in full against a user
BELIEVED = 0.5  # from this weight on a click counts where only whole clicks can
LEAST = 50.0  # clicks of others, below which a source cannot be compared with them: all of its clicks are believed then
_SLOW = 0.5 ** (1 / 24)  # the usual share of a source is remembered with a half-life of a day
_NETWORKS = (1 << 32) - FIRST_NETWORK
_EVERYTHING = (1 << 32) - 1  # in place of an article's number


def network_source(network: str) -> int:
    """The source of a network's pseudonym, which is hexadecimal digits; ``ALL`` for none or for another text."""
    try:
        return FIRST_NETWORK + int(network[:8], 16) % _NETWORKS if network else ALL
    except ValueError:
        return ALL


def allowance(rest: float, usual: float, params: TrustParams) -> float:
    """How many clicks of one source an article may have.

    Args:
        rest: clicks of all others on it.
        usual: clicks of the source by clicks of all others, on all articles.

    >>> allowance(rest=9.0, usual=0.5, params=TrustParams(alone=2, above_usual=3))
    17.0
    """
    return params.alone + params.above_usual * (rest + 1.0) * usual


def left_of_hour(spent: float, since_ms: float, limit: float) -> tuple[float, float]:
    """What a user may still add who added ``spent`` up to ``since_ms`` ago, and what of it is still held against them.

    >>> left_of_hour(20.0, 0.0, 20.0), left_of_hour(20.0, 1_800_000.0, 20.0)
    ((0.0, 20.0), (10.0, 10.0))
    """
    held = max(0.0, spent - limit * max(since_ms, 0.0) / HOUR_MS)
    return max(0.0, limit - held), held


class Slots:
    """Believed clicks by source and article, of this stretch of time and the one before.

    Args:
        length_ms: of a stretch.
    """

    def __init__(self, length_ms: int) -> None:
        self._length, self._slot = length_ms, 0
        self.now: dict[int, float] = {}
        self.before: dict[int, float] = {}

    def advance(self, now_ms: int) -> None:
        """Follow the time of the latest event."""
        slot = now_ms // self._length
        if slot > self._slot:
            self.before = self.now if slot == self._slot + 1 else {}
            self.now, self._slot = {}, slot

    def turn_back(self, time_ms: int) -> None:
        """Go on from an earlier moment."""
        self._slot = min(self._slot, time_ms // self._length)

    def count(self, source: int, number: int) -> float:
        """Clicks of a source on an article."""
        key = source << 32 | number
        return self.now.get(key, 0.0) + self.before.get(key, 0.0)

    def add(self, source: int, number: int, weight: float, bound: int) -> None:
        """Count a click, unless ``bound`` pairs are counted already and this is another one."""
        for key in (source << 32 | number, source << 32 | _EVERYTHING):
            if key in self.now or len(self.now) < bound:
                self.now[key] = self.now.get(key, 0.0) + weight

    def renumber(self, new: IntArray) -> None:
        """Follow articles that were numbered anew; what is counted of forgotten ones (-1 in ``new``) is dropped."""
        self.now, self.before = _renumbered(self.now, new), _renumbered(self.before, new)

    def arrays(self) -> dict[str, IntArray]:
        """What is saved, by name."""
        result = {"slot": np.array([self._slot])}
        for name, part in (("now", self.now), ("before", self.before)):
            result[name] = np.array(list(part), np.uint64)
            result[f"{name}_counts"] = np.array(list(part.values()), np.float64)
        return result

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Take over what was saved."""
        self._slot = int(arrays["slot"][0])
        self.now, self.before = (
            dict(zip(arrays[name].tolist(), arrays[f"{name}_counts"].tolist(), strict=True))
            for name in ("now", "before")
        )


class Sources:
    """Believed clicks by source in a short and a long stretch of time, and the usual share of new and nameless clicks.

    Attributes:
        params: how much is believed.
    """

    def __init__(self, params: TrustParams) -> None:
        self.params = params
        self._short, self._long = Slots(HOUR_MS // 6), Slots(HOUR_MS)
        self._hour = 0
        self._usual = [0.0, 0.0, 0.0]  # by ALL, NEW, NAMELESS

    def advance(self, now_ms: int) -> None:
        """Follow the time of the latest event."""
        self._short.advance(now_ms)
        hours = now_ms // HOUR_MS - self._hour
        if hours > 0:
            self._long.advance(now_ms)
            self._hour += hours
            self._usual = [count * _SLOW ** min(hours, 1000) for count in self._usual]

    def turn_back(self, time_ms: int) -> None:
        """Go on from an earlier moment: what was counted counts as just counted."""
        self._short.turn_back(time_ms)
        self._long.turn_back(time_ms)
        self._hour = min(self._hour, time_ms // HOUR_MS)

    def believe(self, number: int, *, new: bool, nameless: bool, network: int, most: float) -> float:
        """The weight of a click on an article, at most ``most``; it is counted for its sources."""
        sources = [network] if network != ALL else []
        if nameless:
            sources.append(NAMELESS)
        elif new and not self._first_of_network(network, number):
            sources.append(NEW)
        weight = most
        for source in sources:
            weight = min(weight, self._room(source, number))
        if weight > 0:
            self._usual = [
                count + weight * flag for count, flag in zip(self._usual, (True, new, nameless), strict=True)
            ]
            self._add((ALL, *sources), number, weight)
        return weight

    @property
    def compares_new(self) -> bool:
        """Whether there are enough clicks of others to compare those of new users with."""
        return self._usual_share(NEW) is not None

    def _first_of_network(self, network: int, number: int) -> bool:
        """Whether a network has not clicked an article lately; its first new user is as good as any."""
        if network == ALL or len(self._long.now) >= self.params.networks:
            return False
        return not self._long.count(network, number)

    def _room(self, source: int, number: int) -> float:
        """How many more clicks of a source an article may have: as few as the short or the long stretch allows."""
        usual = self._usual_share(source)
        if usual is None:
            return inf
        room = inf
        for slots in (self._short, self._long):
            own = slots.count(source, number)
            rest = max(0.0, slots.count(ALL, number) - own)
            room = min(room, allowance(rest, usual, self.params) - own)
        return max(0.0, room)

    def _usual_share(self, source: int) -> float | None:
        """Clicks of a source by clicks of all others: of a day, of a network of an hour or two; None for too few."""
        if source < FIRST_NETWORK:
            own, total = self._usual[source], self._usual[ALL]
        else:
            own, total = self._long.count(source, _EVERYTHING), self._long.count(ALL, _EVERYTHING)
        return own / (total - own) if total - own >= LEAST else None

    def _add(self, sources: Sequence[int], number: int, weight: float) -> None:
        for source in sources:
            bound = self.params.networks if source >= FIRST_NETWORK else 2 * self.params.networks
            self._short.add(source, number, weight, bound)
            self._long.add(source, number, weight, bound)

    def renumber(self, new: IntArray) -> None:
        """Follow articles that were numbered anew; ``new`` holds the number for each that there was, -1 for none."""
        self._short.renumber(new)
        self._long.renumber(new)

    def arrays(self) -> dict[str, IntArray]:
        """What is saved, by name."""
        result = {"usual": np.array(self._usual), "hour": np.array([self._hour])}
        for kind, slots in (("short", self._short), ("long", self._long)):
            result |= {f"{kind}_{name}": array for name, array in slots.arrays().items()}
        return result

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Take over what was saved."""
        self._usual, self._hour = arrays["usual"].tolist(), int(arrays["hour"][0])
        for kind, slots in (("short", self._short), ("long", self._long)):
            slots.restore({name.removeprefix(f"{kind}_"): array for name, array in arrays.items() if kind in name})

    def __len__(self) -> int:
        return sum(len(part) for slots in (self._short, self._long) for part in (slots.now, slots.before))


def _renumbered(counts: dict[int, float], new: IntArray) -> dict[int, float]:
    result: dict[int, float] = {}
    for key, count in counts.items():
        number = key & _EVERYTHING
        to = number if number == _EVERYTHING else int(new[number])
        if to >= 0:
            result[key - number + to] = count
    return result
