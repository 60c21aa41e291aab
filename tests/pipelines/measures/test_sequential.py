"""Confidence sequences: how often any of many looks misses the truth, and how soon they see a difference."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipelines.measures.sequential import LEAST, Interval, Sums, difference_sequence, p_value, rate_sequence
from script_shared.errors import InputError

RUNS, USERS, ALPHA = 300, 2_000, 0.05
LOOKS = slice(LEAST - 1, None, 5)


def users(seed: int, rate: float = 0.4, runs: int = RUNS) -> tuple[np.ndarray, np.ndarray]:
    """(runs, USERS) hits and answers: 1 to 12 answers a user, whose own rate varies, so that answers are dependent."""
    draw = np.random.default_rng(seed)
    answers = np.minimum(draw.geometric(0.4, (runs, USERS)), 12)
    own = draw.beta(3 * rate, 3 * (1 - rate), answers.shape)
    return draw.binomial(answers, own).astype(float), answers.astype(float)


def looked(sums: Sums) -> Sums:
    return Sums(*(each[..., LOOKS] for each in vars(sums).values()))


def variant(hits: np.ndarray, answers: np.ndarray, mine: np.ndarray) -> Sums:
    """Of the users of one variant, as of each look at all users."""
    found = Sums.running(hits * mine, answers * mine)
    return looked(replace(found, units=np.cumsum(mine, axis=-1)))


def missed(interval: Interval, truth: float) -> int:
    """Runs in which any look leaves the truth out."""
    return int(((interval.low > truth) | (interval.high < truth)).any(axis=-1).sum())


def agrees(count: int, runs: int = RUNS, alpha: float = ALPHA) -> bool:
    """Whether so many false alarms are possible at a rate of alpha."""
    return binomtest(count, runs, alpha, alternative="greater").pvalue > 0.001


@pytest.mark.parametrize("rate", [0.03, 0.4])
@pytest.mark.parametrize("tightest", [300, 2_000])
def test_the_hit_rate_per_answer_is_missed_at_any_look_no_more_often_than_alpha(rate, tightest):
    sums = looked(Sums.running(*users(1, rate)))
    assert agrees(missed(rate_sequence(sums, ALPHA, tightest=tightest), rate))
    low = rate_sequence(sums, ALPHA, sides=1, tightest=tightest).low
    assert agrees(int((low > rate).any(axis=-1).sum()))


def test_a_fixed_interval_that_is_looked_at_again_and_again_misses_far_more_often():
    sums = looked(Sums.running(*users(2)))
    half = 1.96 * np.sqrt(sums.variance)
    assert not agrees(missed(Interval(sums.rate, sums.rate - half, sums.rate + half), 0.4))


def test_without_users_as_units_the_answers_of_one_user_make_the_interval_too_narrow():
    """Answers of one user agree with each other here: 12 of each, all hits or all misses."""
    same = np.random.default_rng(3).random((RUNS, 600)) < 0.4
    answers = np.repeat(same, 12, axis=-1).astype(float)
    assert not agrees(missed(rate_sequence(looked(Sums.running(answers)), ALPHA), 0.4))
    hits, sizes = same * 12.0, np.full(same.shape, 12.0)
    assert agrees(missed(rate_sequence(looked(Sums.running(hits, sizes)), ALPHA), 0.4))


def test_users_that_come_back_may_grow_between_looks():
    """600 users with rates of their own; at each of 50 looks, each has one more answer."""
    draw, runs = np.random.default_rng(4), 150
    own = draw.beta(1, 2, (runs, 600, 1))
    hits = np.cumsum(draw.random((runs, 600, 50)) < own, axis=-1).astype(float)
    count = 0
    for run in hits:
        looks = [Sums.of(run[:, look], np.full(600, look + 1.0)) for look in range(50)]
        found = [rate_sequence(sums, ALPHA) for sums in looks]
        count += any(each.low > 1 / 3 or each.high < 1 / 3 for each in found)
    assert agrees(count, runs)


def test_paired_differences_without_a_true_difference_raise_no_more_alarms_than_alpha():
    draw = np.random.default_rng(5)
    differences = draw.choice([-1.0, 0.0, 1.0], (RUNS, USERS), p=[0.1, 0.8, 0.1])
    sums = looked(Sums.running(differences))
    found = rate_sequence(sums, ALPHA)
    assert agrees(missed(found, 0.0))
    lowest = p_value(sums.rate, sums.variance, sums.units, alpha=ALPHA).min(axis=-1)
    assert int((lowest <= ALPHA).sum()) == missed(found, 0.0), "the p-value and the interval decide alike"


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_two_variants_without_a_true_difference_raise_no_more_alarms_than_alpha(share):
    hits, answers = users(6)
    first = np.random.default_rng(7).random(hits.shape) < share
    one, other = (variant(hits, answers, mine) for mine in (first, ~first))
    assert agrees(missed(difference_sequence(one, other, ALPHA), 0.0))


def test_a_difference_of_6_points_is_seen_in_nearly_every_run_and_with_the_right_sign():
    better, worse = (looked(Sums.running(*users(seed, rate, 100))) for seed, rate in ((8, 0.46), (9, 0.40)))
    found = difference_sequence(better, worse, ALPHA, tightest=4_000)
    assert ((found.low > 0).any(axis=-1)).mean() > 0.9
    assert not (found.high < 0).any()


def test_a_paired_difference_of_5_points_is_seen_in_nearly_every_run():
    draws = np.random.default_rng(10).choice([-1.0, 0.0, 1.0], (100, USERS), p=[0.06, 0.83, 0.11])
    found = rate_sequence(looked(Sums.running(draws)), ALPHA)
    assert (found.low > 0).any(axis=-1).mean() > 0.9


def test_no_look_before_the_least_number_of_units_says_anything():
    few, many = Sums.of(np.ones(LEAST - 1)), Sums.of(np.ones(LEAST))
    assert rate_sequence(few, ALPHA) == (1.0, -np.inf, np.inf)
    assert np.isfinite(rate_sequence(many, ALPHA).low)
    assert difference_sequence(few, many, ALPHA).low == -np.inf
    assert p_value(few.rate, few.variance, few.units) == 1.0
    assert np.isnan(rate_sequence(Sums(), ALPHA).value)


def test_units_that_never_differ_still_leave_room_for_a_rare_difference():
    found = rate_sequence(Sums.of(np.zeros(LEAST)), ALPHA)
    assert found.low < -0.01
    assert found.high > 0.01


@given(st.lists(st.tuples(st.integers(1, 20), st.floats(0, 1)), min_size=2, max_size=30), st.integers(1, 29))
def test_sums_of_parts_add_up_to_those_of_the_whole(units, cut):
    sizes = np.array([size for size, _ in units], float)
    values = sizes * np.array([share for _, share in units])
    whole, parts = Sums.of(values, sizes), Sums.of(values[:cut], sizes[:cut]) + Sums.of(values[cut:], sizes[cut:])
    assert np.allclose(list(vars(whole).values()), list(vars(parts).values()))
    assert np.allclose(list(vars(whole - parts).values()), 0, atol=1e-9)
    assert np.isclose(Sums.running(values, sizes).rate[-1], whole.rate)


def test_the_variance_is_that_of_a_ratio_of_means_over_many_samples():
    hits, answers = users(11, runs=1_000)
    last = Sums(*(each[:, 499] for each in vars(Sums.running(hits[:, :500], answers[:, :500])).values()))
    assert last.variance.mean() == pytest.approx(last.rate.var(), rel=0.15)


@pytest.mark.parametrize("wrong", [{"alpha": 0.0}, {"alpha": 0.6}, {"sides": 3}, {"tightest": 0}])
def test_an_impossible_choice_says_what_to_give(wrong):
    with pytest.raises(InputError, match="give no interval"):
        rate_sequence(Sums.of(np.ones(200)), **{"alpha": 0.05, **wrong})
    with pytest.raises(InputError, match="sizes"):
        Sums.of(np.ones(3), np.ones(4))
