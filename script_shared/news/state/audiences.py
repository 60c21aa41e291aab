"""Groups of users with separate counts: one entry per dimension."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from script_shared.news.counting.labels import Labels
from script_shared.news.state.event import Visitor

READS = (0, 2, 6, 15, 40)  # more reads than these make a more active user
ACTIVITIES = tuple(str(step) for step in range(len(READS) + 1))


class Visit(NamedTuple):
    """What is known of a user at the moment of a click or a request, before the click.

    Attributes:
        region, device, os, referrer: as in the event; of a request, ``referrer`` is that of the visit's last click.
        came: how the user's visit before came, or the one under way when a click of it is known.
        depth: clicks in the visit so far.
        total: the user's clicks so far.
    """

    region: str
    device: str
    os: str
    referrer: str
    came: str
    depth: int
    total: int

    @classmethod
    def of(cls, visitor: Visitor, referrer: str, came: str = "", depth: int = 0, total: int = 0) -> "Visit":
        return cls(visitor.region, visitor.device, visitor.os, referrer, came, depth, total)


class Dimension(NamedTuple):
    """A property that groups users. The first ``size`` values get a group; later ones count as the first, "other"."""

    name: str
    size: int
    value: Callable[[Visit], str]


def _depth(visit: Visit) -> str:
    return str(min(visit.depth, 2))


def _activity(visit: Visit) -> str:
    return ACTIVITIES[bisect_left(READS, visit.total)]


def _key(visit: Visit) -> tuple[object, ...]:
    """What the codes of a visit depend on."""
    region, device, os, referrer, came, depth, total = visit
    return region, device, os, referrer, came, depth if depth < 2 else 2, bisect_left(READS, total)


DIMENSIONS = (
    Dimension("region", 64, lambda visit: visit.region),
    Dimension("device", 16, lambda visit: visit.device),
    Dimension("os", 24, lambda visit: visit.os),
    Dimension("depth", 4, _depth),
    Dimension("activity", 8, _activity),
    Dimension("os_depth", 64, lambda visit: f"{visit.os} {_depth(visit)}"),
    Dimension("referrer", 24, lambda visit: visit.referrer),
    Dimension("referrer_depth", 64, lambda visit: f"{visit.referrer} {_depth(visit)}"),
    Dimension("referrer_os", 96, lambda visit: f"{visit.referrer} {visit.os}"),
    Dimension("region_device", 128, lambda visit: f"{visit.region} {visit.device}"),
    Dimension("came", 24, lambda visit: visit.came),
)
DIMENSION_NAMES = [dimension.name for dimension in DIMENSIONS]
SIZE = 1 + sum(dimension.size for dimension in DIMENSIONS)
EVERYBODY = 0
REGIONS = DIMENSIONS[0].size
_REMEMBERED = 20_000  # combinations of values whose codes are kept at hand
_OURS = ("depth", "activity")  # dimensions whose values are computed here
_REFERRER = DIMENSION_NAMES.index("referrer")


class Audiences:
    """Codes of the groups: 0 is everybody, and each dimension has a range of its own.

    Codes are given in the log's order, so every process gives the same. A value that events bring gets its code once
    enough users sent it, so that made-up values cannot take all the places.
    """

    def __init__(self, label_users: int = 1) -> None:
        self.labels = Labels(label_users)
        self.names: list[dict[str, int]] = [{} for _ in DIMENSIONS]
        starts, start = [], 1
        for dimension in DIMENSIONS:
            starts.append(start)
            start += dimension.size
        self._parts = list(zip(DIMENSIONS, self.names, starts, strict=True))
        self._known: dict[tuple[object, ...], array[int]] = {}
        self._found: dict[tuple[object, ...], list[int]] = {}  # the same for requests, until a new code is assigned
        self._referrers: list[str] = []

    def learn(self, visit: Visit, voter: int = 0) -> "array[int]":
        """The codes of a visit's groups, int16, one per dimension after everybody's.

        Args:
            voter: the user's key, by which users are counted who send a value without a code; 0 for one who does not
                count.
        """
        codes = self.find_known(visit)
        if codes is None:
            known = [self._learn(place, visit, voter) for place in range(len(DIMENSIONS))]
            all_codes = [start + code for (_, _, start), code in zip(self._parts, known, strict=True)]
            codes = array("h", [EVERYBODY, *all_codes])
            if 0 not in known or all(code or self._full(place) for place, code in enumerate(known)):
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[_key(visit)] = codes
        return codes

    def find_known(self, visit: Visit) -> "array[int] | None":
        """The same where nothing is to be learnt from it, else None."""
        return self._known.get(_key(visit))

    def _full(self, place: int) -> bool:
        return len(self.names[place]) + 1 >= DIMENSIONS[place].size

    def _learn(self, place: int, visit: Visit, voter: int) -> int:
        """The code of a visit's value within a dimension, given now when there is room and enough users sent it."""
        dimension, names = DIMENSIONS[place], self.names[place]
        name = dimension.value(visit)
        code = names.get(name, 0)
        if code or self._full(place):
            return code
        if dimension.name in _OURS or self.labels.enough(f"{place} {name}", voter):
            code = names[name] = len(names) + 1
            self._found = {}
        return code

    def codes(self, visit: Visit) -> list[int]:
        """The same, without learning and without the code of everybody: unknown values are "other"."""
        key, found = _key(visit), self._found
        if (codes := found.get(key)) is None:
            if len(found) >= _REMEMBERED:
                found.clear()
            codes = [start + names.get(dimension.value(visit), 0) for dimension, names, start in self._parts]
            found[key] = codes
        return codes

    def region(self, codes: Sequence[int]) -> int:
        """The region among the codes of a visit, from 0, which is "other"."""
        return codes[1] - 1

    @property
    def regions(self) -> dict[str, int]:
        """Codes of the regions by name."""
        return self.names[0]

    def referrer(self, value: str) -> int:
        """The code of a referrer within its dimension, to be kept with a user; 0 for one never counted."""
        return self.names[_REFERRER].get(value, 0)

    def referrer_name(self, code: int) -> str:
        """The referrer of a code, "" for 0."""
        if not code:
            return ""
        if len(self._referrers) != len(self.names[_REFERRER]):
            self._referrers = list(self.names[_REFERRER])  # codes were given in this order, from 1
        return self._referrers[code - 1]

    def restore(self, names: list[dict[str, int]]) -> None:
        """Restore the saved values."""
        for mine, saved in zip(self.names, names, strict=True):
            mine.clear()
            mine.update(saved)
        self._known.clear()
        self._found = {}
        self._referrers = []
