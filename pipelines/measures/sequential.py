"""Confidence sequences: intervals that hold at all looks together, so that a comparison can be watched while it grows.

An interval of a fixed sample that is computed again and again misses the truth more often than it promises. A
confidence sequence misses it at any look with probability ``alpha`` at most. These ones are asymptotic: they need some
units (``LEAST``) before the first look. ``bounded_sequence`` needs none, but is wider.

Answers of one user are dependent, so the unit is a user, or a user and day: add up the answers of a unit before you
make ``Sums``. Units that still grow between looks are allowed: then the looks are correlated more than those of a
random walk with the same variances, and a walk that is correlated more crosses a bound less often (Slepian 1962).

Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform central limit theory and asymptotic confidence
sequences, Annals of Statistics 52 (2024), theorem 2.2 (arXiv:2103.06476, 2021). The one-sided form is the one-sided
normal mixture of Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49 (2021). The p-value is that of the
mSPRT: Johari, Koomen, Pekelis and Walsh, Peeking at A/B tests, KDD 2017.
"""

from dataclasses import dataclass, fields
from math import log
from typing import Any, NamedTuple

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.errors import InputError

LEAST = 100  # units before the first look: the variance and the normal law are estimates
TIGHTEST = 1_000  # units at which an interval is narrowest, if the caller does not choose


class Interval(NamedTuple):
    """An estimate and its confidence sequence at one look; arrays for several looks.

    Attributes:
        value: nan without data.
        low, high: infinite before ``LEAST`` units; a one-sided interval has one infinite end.
    """

    value: Any
    low: Any
    high: Any


@dataclass(frozen=True)
class Sums:
    """Sums over units, which is all that an interval needs: they can be stored, and added.

    A unit has a size (its answers; 1 for a mean over units) and a value (its hits, or its difference of hits). Each
    attribute is a number, or an array with one number per look.

    Attributes:
        units: how many.
        size, value: sums of sizes and values.
        size2, cross, value2: sums of size², size x value, value².
    """

    units: Any = 0.0
    size: Any = 0.0
    value: Any = 0.0
    size2: Any = 0.0
    cross: Any = 0.0
    value2: Any = 0.0

    @classmethod
    def of(cls, values: FloatArray, sizes: FloatArray | None = None) -> "Sums":
        """Sums of all units.

        Args:
            values: (n,) value of each unit.
            sizes: (n,) size of each unit; None for a mean over units.
        """
        return cls(*(float(each.sum(axis=0)) for each in _moments(values, sizes)))

    @classmethod
    def running(cls, values: FloatArray, sizes: FloatArray | None = None) -> "Sums":
        """Sums as of each unit: (..., n) values and sizes, with units along the last axis."""
        return cls(*(np.cumsum(each, axis=-1) for each in _moments(values, sizes)))

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, each.name) - getattr(other, each.name) for each in fields(self)))

    @property
    def rate(self) -> Any:
        """Values per size, such as hits per answer; nan without data."""
        size = np.asarray(self.size, np.float64)
        return np.divide(self.value, size, out=np.full(size.shape, np.nan), where=size > 0)[()]

    @property
    def variance(self) -> Any:
        """Variance of ``rate``: sum of (value - rate x size)² over the units, divided by the size² of all.

        One imaginary unit of mean size that misses the rate by 1 is added, so that units without any difference, such
        as the first users without a click, do not give an interval of no width.
        """
        rate, units = self.rate, np.maximum(self.units, 1.0)
        size = np.maximum(self.size, 1e-300)
        rest = self.value2 - 2 * rate * self.cross + rate**2 * self.size2
        return (np.maximum(rest, 0.0) + (size / units) ** 2) / size**2


def rate_sequence(sums: Sums, alpha: float, *, sides: int = 2, tightest: float = TIGHTEST) -> Interval:
    """Confidence sequence of a rate per size: of paired differences, or of one sample.

    value ± sqrt(variance) x sqrt(2 (t ρ² + 1) / (t ρ²) x log(sqrt(t ρ² + 1) / alpha)), with t units; for one side
    log(1 + sqrt(t ρ² + 1) / (2 alpha)). If the true rate changes with time, this is the mean of the rates so far.

    >>> sums = Sums.of(np.array([1.0, 0, 0, 1] * 100), sizes=np.full(400, 2.0))
    >>> [round(float(each), 3) for each in rate_sequence(sums, alpha=0.05)]
    [0.25, 0.21, 0.29]

    Args:
        sums: over the units; see ``Sums``.
        alpha: probability that any look misses the rate.
        sides: 2; or 1, when only one end is used (both are returned, each valid alone).
        tightest: number of units at which the interval shall be narrowest; chosen before the first look.

    Raises:
        InputError: alpha, sides or tightest is impossible.
    """
    return _around(sums.rate, sums.variance, sums.units, sums.units, _Bound(alpha, sides, tightest))


def difference_sequence(
    first: Sums, second: Sums, alpha: float, *, sides: int = 2, tightest: float = TIGHTEST
) -> Interval:
    """Confidence sequence of the rate of ``first`` minus that of ``second``; units are independent, and both grow.

    The formula of ``rate_sequence``, with the sum of both variances and t units of both together (the paper's section
    on sequential experiments, with assignment by a coin and no covariates).

    Args:
        first, second: sums over the units of each variant; each user is in one of them.
        alpha, sides, tightest: as of ``rate_sequence``; ``tightest`` counts the units of both.

    Raises:
        InputError: alpha, sides or tightest is impossible.
    """
    fewest = np.minimum(first.units, second.units)
    bound, units = _Bound(alpha, sides, tightest), first.units + second.units
    return _around(first.rate - second.rate, first.variance + second.variance, units, fewest, bound)


def p_value(value: Any, variance: Any, units: Any, *, alpha: float = 0.05, tightest: float = TIGHTEST) -> Any:
    """Always-valid p-value for "the value is 0": the lowest alpha at which this look's two-sided interval leaves 0 out.

    The p-value of a whole comparison is the lowest of its looks.

    Args:
        value, variance: of a rate, or a difference of rates.
        units: how many it is made of.
        alpha, tightest: choose the mixture, as for the interval.

    Raises:
        InputError: alpha or tightest is impossible.
    """
    scaled = np.maximum(units, 1.0) * _Bound(alpha, 2, tightest).rho2
    square = np.square(value) / variance * scaled / (scaled + 1)
    found = np.minimum(1.0, np.sqrt(scaled + 1) * np.exp(-square / 2))
    return np.where(np.asarray(units) < LEAST, 1.0, found)[()]


@dataclass(frozen=True)
class _Bound:
    """A bound on the standardised distance between estimate and truth at all looks."""

    alpha: float
    sides: int
    tightest: float

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5 or self.sides not in (1, 2) or not self.tightest >= 1:
            raise InputError(
                f"alpha={self.alpha}, sides={self.sides}, tightest={self.tightest} give no interval.",
                fix="Give an alpha between 0 and 0.5, 1 or 2 sides, and at least 1 unit.",
            )

    @property
    def rho2(self) -> float:
        """ρ²: narrowest at ``tightest`` units."""
        wanted = -2 * log(self.alpha * 2 / self.sides)
        return (wanted + log(wanted + 1)) / self.tightest

    def __call__(self, units: Any) -> Any:
        """In standard errors."""
        scaled = np.maximum(units, 1.0) * self.rho2
        root = np.sqrt(scaled + 1)
        rare = np.log(root / self.alpha) if self.sides == 2 else np.log1p(root / (2 * self.alpha))
        return np.sqrt(2 * (scaled + 1) / scaled * rare)


def _around(value: Any, variance: Any, units: Any, fewest: Any, bound: _Bound) -> Interval:
    width = np.where(np.asarray(fewest) >= LEAST, np.sqrt(variance) * bound(units), np.inf)[()]
    return Interval(value, value - width, value + width)


def _moments(values: FloatArray, sizes: FloatArray | None) -> list[FloatArray]:
    value = np.asarray(values, np.float64)
    size = np.ones(value.shape) if sizes is None else np.asarray(sizes, np.float64)
    if size.shape != value.shape:
        raise InputError(f"{value.shape} values have {size.shape} sizes.", fix="Give one size per value.")
    return [np.ones(value.shape), size, value, size**2, size * value, value**2]
