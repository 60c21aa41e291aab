"""A few rows with a wrong time move neither begin nor end of the data, and honest rows are never lost."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS
from script_shared.data_end import data_begin, data_end
from script_shared.times import LATEST_MS

DAY_MS = 24 * HOUR_MS
START = 1_656_644_400_000
YEAR_2099 = 4_085_000_000_000
BY_HOUR = np.array([4, 2, 1, 0.5, 0.3, 0.5, 2, 5, 8, 9, 9, 9, 10, 9, 9, 9, 9, 9, 10, 11, 12, 11, 9, 6])


def site(seed=1, days=10.0, users=400, a_day=600, ends=None, weekend=1.0):
    """Times and users of a site with nights, and weekends that have a share of the other days' reads."""
    draw = np.random.default_rng(seed)
    hours = np.arange(round(days * 24))
    rate = BY_HOUR[hours % 24] / BY_HOUR.sum() * np.where(hours // 24 % 7 >= 5, weekend, 1.0)
    counts = draw.poisson(rate * a_day)
    times = START + np.repeat(hours, counts) * HOUR_MS + draw.integers(0, HOUR_MS, counts.sum())
    return times, draw.integers(0, users, len(times))


def with_rows(times, users, more_times, more_users):
    return np.append(times, more_times), np.append(users, more_users)


@pytest.mark.parametrize("ahead_ms", [2 * DAY_MS, 30 * DAY_MS, 3650 * DAY_MS])
@pytest.mark.parametrize("a_day", [60, 600, 6000])
def test_one_row_ahead_moves_nothing(ahead_ms, a_day):
    times, users = site(a_day=a_day)
    found = data_end(*with_rows(times, users, [times.max() + ahead_ms], [3]))
    assert found.end_ms == times.max()
    assert np.flatnonzero(found.ahead).tolist() == [len(times)]


def test_one_row_of_2099_moves_nothing():
    times, users = site()
    assert data_end(*with_rows(times, users, [YEAR_2099], [3])).end_ms == times.max()


@pytest.mark.parametrize("spread_ms", [DAY_MS, 10 * DAY_MS, 365 * DAY_MS, LATEST_MS - START - 11 * DAY_MS])
def test_a_row_in_a_thousand_ahead_moves_nothing(spread_ms):
    times, users = site(a_day=6000, users=3000)
    draw = np.random.default_rng(2)
    wrong = draw.choice(len(times), len(times) // 1000, replace=False)
    moved = times.copy()
    moved[wrong] = times.max() + 3 * HOUR_MS + draw.integers(0, spread_ms, len(wrong))
    found = data_end(moved, users)
    assert abs(found.end_ms - times.max()) < HOUR_MS
    assert found.ahead.sum() >= len(wrong) - 1
    assert not found.ahead[np.setdiff1d(np.arange(len(times)), wrong)].any()


@pytest.mark.parametrize("ahead_ms", [3 * DAY_MS, 400 * DAY_MS])
def test_a_row_in_a_thousand_with_a_clock_that_is_days_ahead_moves_nothing(ahead_ms):
    times, users = site(a_day=6000, users=3000)
    wrong = np.random.default_rng(2).random(len(times)) < 0.001
    found = data_end(np.where(wrong, times + ahead_ms, times), users)
    assert abs(found.end_ms - times.max()) < HOUR_MS


@pytest.mark.parametrize("rows", [1, 8, 800])
def test_a_user_whose_every_row_is_ahead_moves_nothing(rows):
    times, users = site(a_day=200, users=100)
    draw = np.random.default_rng(3)
    wrong = times.max() + DAY_MS + draw.integers(0, 20 * DAY_MS, rows)
    found = data_end(*with_rows(times, users, wrong, np.full(rows, 1000)))
    assert found.end_ms == times.max()
    assert found.ahead.sum() == rows


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    days=st.floats(0.1, 40),
    users=st.integers(1, 500),
    a_day=st.sampled_from([3, 10, 50, 200, 1000]),
    weekend=st.sampled_from([1.0, 0.3, 0.1]),
)
@example(seed=800, days=6.125, users=81, a_day=200, weekend=0.1)
def test_honest_data_loses_nothing_whenever_it_ends(seed, days, users, a_day, weekend):
    found = data_end(*site(seed, days, users, a_day, weekend=weekend))
    assert not found.ahead.any()


@pytest.mark.parametrize("a_day", [50, 200])
def test_the_first_weekend_of_a_site_is_no_end_however_quiet(a_day):
    """No day before it says how quiet weekends are."""
    ends = [5 + hours / 24 for hours in (20, 28, 36, 44, 56)]
    lost = [
        (seed, days)
        for seed in range(40)
        for days in ends
        if data_end(*site(seed, days, 400, a_day, weekend=0.1)).ahead.any()
    ]
    assert lost == []


@pytest.mark.parametrize("days", [3, 6])
@pytest.mark.parametrize("ahead_ms", [2 * DAY_MS, 3650 * DAY_MS])
def test_one_row_ahead_of_less_than_a_week_moves_nothing(days, ahead_ms):
    times, users = site(days=days, a_day=100)
    found = data_end(*with_rows(times, users, [times.max() + ahead_ms], [3]))
    assert np.flatnonzero(found.ahead).tolist() == [len(times)]
    assert data_begin(*with_rows(times, users, [times.min() - ahead_ms], [3])) == times.min()


@pytest.mark.parametrize("days", [2, 5, 9])
def test_a_quiet_end_after_a_great_day_is_honest(days):
    times, users = site(days=10)
    peak, many = site(days=1, a_day=60_000, users=20_000)
    after, few = site(days=days, a_day=100, seed=5)
    whole = with_rows(times, users, np.append(peak + 10 * DAY_MS, after + 11 * DAY_MS), np.append(many, few))
    assert not data_end(*whole).ahead.any()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(START, LATEST_MS), st.integers(0, 3)), max_size=30))
def test_any_rows_have_an_end_and_rows_up_to_it_are_not_ahead(rows):
    times, users = (np.array([row[place] for row in rows], np.int64) for place in (0, 1))
    found = data_end(times, users)
    assert found.ahead.tolist() == [bool(time > found.end_ms) for time in times.tolist()]
    assert found.ahead.sum() <= 0.2 * len(rows) or not found.ahead.any()


def test_rows_ahead_of_the_wall_clock_are_ahead_however_many_there_are():
    times, users = site()
    wall_ms = START + 5 * DAY_MS
    found = data_end(times, users, wall_ms=wall_ms)
    assert found.ahead.tolist() == (times > wall_ms + 60_000).tolist()


def test_all_rows_may_be_ahead_of_the_wall_clock():
    times, users = site()
    found = data_end(times, users, wall_ms=START - DAY_MS)
    assert found.ahead.all()
    assert found.end_ms == 0


def test_a_site_that_was_down_for_hours_and_is_just_back_loses_nothing():
    times, users = site(days=10, a_day=6000, users=6000)
    down = START + 9 * DAY_MS + 8 * HOUR_MS
    kept = (times < down) | (times > down + 9 * HOUR_MS)
    kept &= times < down + 9 * HOUR_MS + HOUR_MS // 2
    assert (times[kept] > down).sum() > 50
    assert not data_end(times[kept], users[kept]).ahead.any()


@pytest.mark.parametrize("behind_ms", [3 * DAY_MS, 30 * DAY_MS, 7600 * DAY_MS])
@pytest.mark.parametrize("a_day", [60, 600, 6000])
def test_one_row_behind_does_not_move_the_begin(behind_ms, a_day):
    times, users = site(a_day=a_day)
    assert data_begin(*with_rows(times, users, [times.min() - behind_ms], [3])) == times.min()


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    days=st.floats(0.1, 40),
    users=st.integers(1, 500),
    a_day=st.sampled_from([3, 10, 50, 200, 1000]),
    weekend=st.sampled_from([1.0, 0.3, 0.1]),
)
def test_honest_data_begins_with_its_first_row(seed, days, users, a_day, weekend):
    times, found = site(seed, days, users, a_day, weekend=weekend)
    assert data_begin(times, found) == (times.min() if len(times) else 0)


def test_a_site_that_grows_begins_with_its_first_row():
    parts = [site(seed, 7, 4000, 5 * 2**seed) for seed in range(10)]
    times = np.concatenate([times + 7 * DAY_MS * week for week, (times, _) in enumerate(parts)])
    assert data_begin(times, np.concatenate([users for _, users in parts])) == times.min()


def test_no_rows_begin_and_end_at_zero():
    none = np.zeros(0, np.int64)
    assert (data_begin(none, none), data_end(none, none).end_ms) == (0, 0)


@pytest.mark.parametrize("days", [20, 4000])
def test_an_intranet_that_nobody_reads_at_weekends_has_a_begin_and_an_end(days):
    """The second lowest day of two weeks is a weekend's; the middle one is not."""
    times, users = site(days=70, users=60, a_day=170, weekend=0.005)
    found = data_end(*with_rows(times, users, [times.max() + days * DAY_MS], [3]))
    assert np.flatnonzero(found.ahead).tolist() == [len(times)]
    assert data_begin(*with_rows(times, users, [times.min() - days * DAY_MS], [3])) == times.min()
