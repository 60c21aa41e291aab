"""The mean of values with known bounds, with an interval that holds at all looks together from the first unit on.

It assumes no distribution, only the bounds, and that each new unit is independent of those before it; a mean that
changes with time is allowed. So it suits automatic decisions on few units, such as a draft of two rankers.
``sequential`` is narrower, but needs a hundred units and rates of a common size.

Answers of one user are dependent: add a unit once, when its values are complete, such as a user's mean of one day.

Source: Howard, Ramdas, McAuliffe and Sekhon, Time-uniform, nonparametric, nonasymptotic confidence sequences, Annals of
Statistics 49 (2021): theorem 4 (empirical Bernstein) with the gamma-exponential mixture of proposition 9.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, lgamma, log, log1p, nan

from scipy.optimize import brentq
from scipy.special import gammainc

from pipelines.measures.sequential import Interval
from script_shared.errors import InputError


@dataclass(frozen=True)
class BoundedMean:
    """The units so far; three numbers, which can be stored.

    >>> found = BoundedMean(low=-1, high=1).extend([1.0, 0.0, 0.0, 1.0] * 100).interval(alpha=0.05)
    >>> [round(float(each), 2) for each in found]
    [0.5, 0.41, 0.59]

    Attributes:
        low, high: bounds of the values.
        units: how many.
        total: sum of the values.
        spread: sum of (value - mean of the values before it)²; the middle of the bounds is the first mean.
    """

    low: float
    high: float
    units: int = 0
    total: float = 0.0
    spread: float = 0.0

    def extend(self, values: Iterable[float]) -> "BoundedMean":
        """With more units, in the order in which they came.

        Raises:
            InputError: a value is outside the bounds, or the bounds are impossible.
        """
        units, total, spread = self.units, self.total, self.spread
        if not self.low < self.high:
            raise InputError(f"bounds {self.low} to {self.high} are impossible.", fix="Give a low bound below a high.")
        for value in values:
            if not self.low <= value <= self.high:
                raise InputError(f"{value} is outside {self.low} to {self.high}.", fix="Give the bounds of the values.")
            mean = (total + (self.low + self.high) / 2) / (units + 1)
            units, total, spread = units + 1, total + value, spread + (value - mean) ** 2
        return BoundedMean(self.low, self.high, units, total, spread)

    def interval(self, alpha: float, *, sides: int = 2, tightest: float = 100.0) -> Interval:
        """Confidence sequence of the mean of the expected values so far.

        total / n ± u(spread) / n, where u(v) is the s at which the mixture over λ of exp(λ s - ψ(λ) v) is 1 / alpha,
        ψ(λ) = (-log(1 - cλ) - cλ) / c² and c = high - low.

        Args:
            alpha: probability that any look misses it.
            sides: 2; or 1, when only one end is used (both are returned, each valid alone).
            tightest: ``spread`` at which the interval shall be narrowest; chosen before the first look.

        Raises:
            InputError: alpha, sides or tightest is impossible.
        """
        if not 0 < alpha < 0.5 or sides not in (1, 2) or not tightest > 0:
            raise InputError(
                f"alpha={alpha}, sides={sides}, tightest={tightest} give no interval.",
                fix="Give an alpha between 0 and 0.5, 1 or 2 sides, and a positive spread.",
            )
        if not self.units:
            return Interval(nan, -inf, inf)
        rare = -log(alpha / sides)
        rho = tightest / (2 * rare + log1p(2 * rare))
        mean, width = self.total / self.units, _crossing(self.spread, rare, rho, self.high - self.low) / self.units
        return Interval(mean, max(mean - width, self.low), min(mean + width, self.high))


def log_mixture(s: float, v: float, rho: float, c: float) -> float:
    """Logarithm of the gamma-exponential mixture of proposition 9.

    Args:
        s: sum of deviations.
        v: their intrinsic time.
        rho: tuning; the mixture favours v near it.
        c: scale.
    """
    first, shape, rate = rho / c**2, (v + rho) / c**2, (c * s + v + rho) / c**2
    start = first * log(first) - lgamma(first) - log(gammainc(first, first))
    return start + lgamma(shape) + log(gammainc(shape, rate)) - shape * log(rate) + (c * s + v) / c**2


def _crossing(v: float, rare: float, rho: float, c: float) -> float:
    """The s at which the mixture is exp(rare)."""
    high = 1.0
    while log_mixture(high, v, rho, c) < rare:
        high *= 2
    return float(brentq(lambda s: log_mixture(s, v, rho, c) - rare, 0.0, high))
