"""The mean of bounded values: how often any look misses it, and whether the mixture is the integral of its source."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binomtest

from pipelines.measures.bounded_sequence import BoundedMean, log_mixture
from script_shared.errors import InputError

ALPHA, RUNS, UNITS = 0.1, 200, 400


def missed(draws: np.ndarray, truth: float, low: float, high: float) -> int:
    """Runs in which any of the looks, one every fifth unit from the first on, leaves the truth out."""
    count = 0
    for run in draws:
        found = BoundedMean(low, high)
        for start in range(0, len(run), 5):
            found = found.extend(run[start : start + 5])
            interval = found.interval(ALPHA, tightest=20.0)
            if not interval.low <= truth <= interval.high:
                count += 1
                break
    return count


@pytest.mark.parametrize("rate", [0.02, 0.5])
def test_the_mean_of_hits_is_missed_at_any_look_no_more_often_than_alpha(rate):
    hits = (np.random.default_rng(1).random((RUNS, UNITS)) < rate).astype(float)
    assert binomtest(missed(hits, rate, 0, 1), RUNS, ALPHA, alternative="greater").pvalue > 0.001


def test_paired_differences_without_a_true_difference_raise_no_more_alarms_than_alpha():
    draws = np.random.default_rng(2).choice([-1.0, 0.0, 1.0], (RUNS, UNITS), p=[0.3, 0.4, 0.3])
    assert binomtest(missed(draws, 0.0, -1, 1), RUNS, ALPHA, alternative="greater").pvalue > 0.001


def test_a_clear_difference_is_seen_in_nearly_every_run():
    draws = np.random.default_rng(3).choice([-1.0, 1.0], (100, 1_000), p=[0.3, 0.7])
    low = [BoundedMean(-1, 1).extend(run).interval(0.05).low for run in draws]
    assert np.mean(np.array(low) > 0) > 0.95


@pytest.mark.parametrize(("s", "v", "rho", "c"), [(3.0, 10.0, 4.0, 1.0), (8.0, 2.0, 3.0, 2.0), (0.0, 5.0, 1.0, 0.5)])
def test_the_mixture_is_the_integral_over_lambda(s, v, rho, c):
    """Proposition 9 mixes exp(λs - ψ(λ)v) over a truncated gamma law of 1 - cλ."""

    def weight(y: float) -> float:
        return y ** (rho / c**2 - 1) * np.exp(-y * rho / c**2)

    def inner(y: float) -> float:
        lam = (1 - y) / c
        return np.exp(lam * s - (-np.log(y) - (1 - y)) / c**2 * v) * weight(y)

    assert log_mixture(s, v, rho, c) == pytest.approx(np.log(quad(inner, 0, 1)[0] / quad(weight, 0, 1)[0]), rel=1e-6)


@given(st.lists(st.floats(-1, 1), max_size=40), st.integers(0, 40))
def test_units_may_come_in_any_portions_and_the_interval_holds_their_mean(values, cut):
    whole = BoundedMean(-1, 1).extend(values)
    parts = BoundedMean(-1, 1).extend(values[:cut]).extend(values[cut:])
    assert whole == parts
    value, low, high = whole.interval(0.05)
    assert not values or -1 <= low <= value <= high <= 1


def test_wrong_bounds_and_values_outside_them_say_what_to_give():
    with pytest.raises(InputError, match="outside"):
        BoundedMean(0, 1).extend([1.5])
    with pytest.raises(InputError, match="impossible"):
        BoundedMean(1, 1).extend([1.0])
    with pytest.raises(InputError, match="give no interval"):
        BoundedMean(0, 1).interval(0.7)
