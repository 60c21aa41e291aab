"""The half-lives of live counts. They define the features, so a change needs a new ranker."""

from math import log

HALF_LIVES_HOURS = {
    "2m": 1 / 30,
    "5m": 1 / 12,
    "10m": 1 / 6,
    "15m": 0.25,
    "30m": 0.5,
    "1h": 1.0,
    "2h": 2.0,
    "3h": 3.0,
    "6h": 6.0,
    "24h": 24.0,
}
INDEX = {name: place for place, name in enumerate(HALF_LIVES_HOURS)}

OVERALL = ("2m", "10m", "30m", "1h", "3h", "6h", "24h")  # everybody's clicks
GROUP = ("5m", "15m", "2h")  # clicks of one region, device, ...
TOGETHER = ("30m", "3h")  # read together in a visit
FOLLOWING = ("30m", "3h", "10m")  # read next
ONWARD = ("30m",)  # read anywhere after in the same visit
LATER = ("30m", "24h")  # read in a later visit
SHOWN = ("1h",)  # impressions
TREND = ("2m", "10m", "1h", "6h", "24h")  # what is trending: overall, in a section, a region, a cluster of users
EVICT_BY = "6h"


def nearest(window: str, names: tuple[str, ...], pace: int) -> str:
    """The name of the window that is closest to the length of ``window``, if all windows last ``pace`` times longer.

    Args:
        window: a name of ``HALF_LIVES_HOURS``, such as ``24h``.
        names: the windows to choose from.
        pace: how many times longer each window lasts than its name says, 1 or more.

    >>> nearest("24h", TREND, 1), nearest("24h", TREND, 16), nearest("2m", TREND, 16)
    ('24h', '1h', '2m')
    """
    wanted = HALF_LIVES_HOURS[window]
    return min(names, key=lambda name: abs(log(HALF_LIVES_HOURS[name] * pace / wanted)))


def indices(names: tuple[str, ...]) -> tuple[int, ...]:
    """Places of windows in the list of all half-lives.

    Args:
        names: window names in ``HALF_LIVES_HOURS``.

    Returns:
        for each name, its row in arrays that have a row for every half-life.
    """
    return tuple(INDEX[name] for name in names)
