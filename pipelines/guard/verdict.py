"""Whether a release is worse than its tolerances allow: comparisons that may be looked at again and again.

The probability of a wrong verdict, ``alpha``, is shared: half for each of the two comparisons; of that, half for the
whole time in service and half for its days, of which day d gets 1 / (d (d + 1)), so that all days together get no more.
So a release that becomes worse after a good week is found as well.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite, nan, sqrt
from statistics import NormalDist
from typing import Any

from pipelines.guard.tally import Reference, Tally
from pipelines.measures.sequential import Sums, rate_sequence
from script_shared.params.loop import GuardParams

POPULARITY, BEFORE = "popularity", "release before"


@dataclass(frozen=True)
class Comparison:
    """One comparison of the release in service.

    Attributes:
        name: ``popularity`` or ``release before``, with ``, today`` for this day alone.
        value: hit rate of the release minus that of the other.
        low, high: each holds at all looks, with the probability that the comparison has; infinite with few users.
        tolerance: by which the release may be worse.
        users: users and days.
        clicks: their clicks.
    """

    name: str
    value: float
    low: float
    high: float
    tolerance: float
    users: int
    clicks: int

    @property
    def worse(self) -> bool:
        """Whether the release is worse by more than the tolerance, for sure."""
        return self.high < -self.tolerance

    @property
    def sentence(self) -> str:
        """For people."""
        bound = f"at most {self.high:+.3f}" if isfinite(self.high) else "not yet bounded"
        return (
            f"hit rate {self.value:+.3f} compared with {self.name} ({bound}; tolerance {self.tolerance:g}) "
            f"in {self.clicks:,} clicks of {self.users:,} users and days"
        )

    def plain(self) -> dict[str, Any]:
        """As JSON: values that are not finite are null."""
        return {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in {**asdict(self), "worse": self.worse}.items()
        }


def comparisons(tally: Tally, params: GuardParams) -> list[Comparison]:
    """Every comparison of a release: with popularity, and with the release before where there is a reference."""
    share, day = params.alpha / 4, tally.days + 1
    of_today = share / (day * (day + 1))
    found = [
        _with_popularity(POPULARITY, tally.leads(), params, share),
        _with_popularity(f"{POPULARITY}, today", tally.leads(today=True), params, of_today),
    ]
    if tally.before:
        found += [
            _with_before(BEFORE, tally.changes(), tally.clicks_compared(), tally.before, params, share),
            _with_before(
                f"{BEFORE}, today",
                tally.changes(today=True),
                tally.clicks_compared(today=True),
                tally.before,
                params,
                of_today,
            ),
        ]
    return found


def _with_popularity(name: str, sums: Sums, params: GuardParams, alpha: float) -> Comparison:
    found = rate_sequence(sums, alpha, sides=1)
    return _comparison(name, float(found.value), float(found.high - found.value), params.tolerance, sums, params)


def _with_before(
    name: str, sums: Sums, clicks: Mapping[int, int], before: Mapping[int, Reference], params: GuardParams, alpha: float
) -> Comparison:
    """Half of alpha is for the reference, whose sample is complete: an interval of a fixed sample fits."""
    found, total = rate_sequence(sums, alpha / 2, sides=1), sum(clicks.values())
    variance = sum((count / total) ** 2 * before[hour].variance for hour, count in clicks.items()) if total else nan
    width = float(found.high - found.value) + NormalDist().inv_cdf(1 - alpha / 2) * sqrt(variance)
    return _comparison(name, float(found.value), width, params.tolerance_before, sums, params)


def _comparison(name: str, value: float, width: float, tolerance: float, sums: Sums, params: GuardParams) -> Comparison:
    users, clicks = int(sums.units), int(sums.size)
    if clicks < params.least_clicks or width != width:
        width = float("inf")
    return Comparison(name, value, value - width, value + width, tolerance, users, clicks)
