"""Intervals by resampling users: their width, their pairing, and what happens to missing values."""

from time import process_time

import numpy as np
import pytest

from pipelines.measures.bootstrap import CHUNK, _draws, interval, means, resampled_group_means, resampled_means


def test_the_interval_has_the_width_that_theory_gives_for_a_mean():
    values = np.random.default_rng(1).normal(5.0, 2.0, (4000, 1))
    low, high = interval(resampled_means(values, 1000, seed=2))
    error = values.std() / np.sqrt(len(values))
    assert low[0] == pytest.approx(values.mean() - 1.96 * error, abs=0.25 * error)
    assert high[0] == pytest.approx(values.mean() + 1.96 * error, abs=0.25 * error)


def test_the_interval_holds_the_true_mean_in_about_95_of_100_samples():
    draw = np.random.default_rng(3)
    held = 0
    for trial in range(200):
        low, high = interval(resampled_means(draw.exponential(1.0, (300, 1)), 200, seed=trial))
        held += low[0] <= 1.0 <= high[0]
    assert 176 <= held <= 198


def test_a_constant_difference_between_two_columns_has_an_interval_of_no_width():
    base = np.random.default_rng(4).random(500)
    resampled = resampled_means(np.column_stack([base + 0.01, base]), 100, seed=5)
    low, high = interval((resampled[:, 0] - resampled[:, 1])[:, None])
    assert low[0] == pytest.approx(0.01, abs=1e-6)
    assert high[0] == pytest.approx(0.01, abs=1e-6)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    values = np.random.default_rng(6).random((200, 2))
    assert np.array_equal(resampled_means(values, 20, 1), resampled_means(values, 20, 1))
    assert not np.array_equal(resampled_means(values, 20, 1), resampled_means(values, 20, 2))


def test_missing_values_are_left_out_of_the_mean_and_of_its_resamples():
    values = np.array([[1.0, 2.0], [np.nan, 2.0], [3.0, 2.0], [np.nan, 2.0]] * 50)
    resampled = resampled_means(values, 100, seed=7)
    assert means(values).tolist() == [2.0, 2.0]
    assert resampled[:, 0].mean() == pytest.approx(2.0, abs=0.05)
    assert np.allclose(resampled[:, 1], 2.0)


def test_a_column_without_any_value_has_no_interval():
    low, high = interval(resampled_means(np.array([[np.nan, 1.0]] * 10), 50, seed=8))
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert (low[1], high[1]) == (1.0, 1.0)


@pytest.mark.parametrize(("users", "resamples"), [(0, 10), (5, 0)])
def test_without_users_or_resamples_there_is_no_interval(users, resamples):
    low, high = interval(resampled_means(np.ones((users, 3)), resamples, seed=9))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_resample_draws_as_many_users_as_there_are_and_each_of_them_equally_often():
    drawn = _draws(np.random.default_rng(12), 3, 3000)
    assert (drawn.sum(axis=1) == 3).all()
    assert drawn.mean(axis=0) == pytest.approx([1.0, 1.0, 1.0], abs=0.1)


def test_resampling_12_measures_of_200_000_users_takes_little_longer_than_drawing_the_users():
    values = np.random.default_rng(10).random((200_000, 12))

    def seconds(work):
        start = process_time()
        work()
        return process_time() - start

    drawing = min(seconds(lambda: _draws(np.random.default_rng(11), 200_000, 50)) for _ in range(3))
    resampling = min(seconds(lambda: resampled_means(values, 50, seed=11)) for _ in range(3))
    assert resampling < 4 * drawing  # one mean after the other takes more than six times as long


def test_groups_are_drawn_with_all_their_rows():
    """Two groups: the means of a draw are those of the first, of the second, or of both together."""
    values = np.array([[1.0, np.nan], [1.0, np.nan], [4.0, 6.0]])
    resamples = CHUNK + 3
    means = resampled_group_means(values, np.array([7, 7, 9]), resamples, 1)
    assert means.shape == (resamples, 2)
    assert set(means[:, 0]) == {1.0, 2.0, 4.0}
    alone = means[:, 0] == 1.0
    assert np.isnan(means[alone, 1]).all(), "a draw without a value in a column has no mean"
    assert (means[~alone, 1] == 6.0).all()
    assert 0.15 < alone.mean() < 0.35
