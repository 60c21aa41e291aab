"""A model of clicks that never learned from the user that it predicts."""

import numpy as np
import pytest

from pipelines.measures.direct_model import FOLDS, LEAST_CLICKS, out_of_fold


def test_planted_rates_are_found():
    random = np.random.default_rng(1)
    kind = random.integers(0, 2, 20_000)
    clicks = (random.random(20_000) < np.where(kind == 1, 0.3, 0.05)) * 1.0
    users = random.integers(0, 2_000, 20_000)
    shown, wanted = out_of_fold(kind[:, None] * 1.0, clicks, users, np.array([[0.0], [1.0]]), np.array([5, 5_000]))
    assert shown[kind == 1].mean() == pytest.approx(0.3, abs=0.02)
    assert wanted.tolist() == pytest.approx([0.05, 0.3], abs=0.02)


def test_what_only_one_user_does_is_not_known_of_that_user():
    """Each user has a feature of their own, and half of them click always: only a leak could predict it."""
    users = np.repeat(np.arange(400), 100)
    clicks = (users % 2) * 1.0
    shown, _ = out_of_fold(users[:, None] // 2 * 1.0 + clicks[:, None] * 1e6, clicks, users, *others(users))
    assert shown[clicks == 1].min() > 0.9  # the sum tells who clicks, and is the same for users of other folds
    alone = np.random.default_rng(2).permutation(400)[users] * 1.0
    shown, _ = out_of_fold(alone[:, None], clicks, users, *others(users))
    assert abs(shown[clicks == 1].mean() - shown[clicks == 0].mean()) < 0.1


def others(users):
    return np.zeros((1, 1)), users[:1]


def test_too_few_clicks_give_the_mean_rate_of_the_other_users():
    users = np.arange(FOLDS * 10)
    clicks = (users < LEAST_CLICKS // 2) * 1.0
    shown, wanted = out_of_fold(np.zeros((len(users), 1)), clicks, users, np.zeros((3, 1)), np.array([0, 1, 99]))
    rate = clicks.mean()
    assert shown == pytest.approx(np.full(len(users), rate), abs=0.15)
    assert ((wanted > 0) & (wanted < 1)).all()


def test_the_same_data_are_predicted_alike():
    random = np.random.default_rng(3)
    features, clicks, users = random.random((3000, 3)), (random.random(3000) < 0.2) * 1.0, random.integers(0, 300, 3000)
    one, other = (out_of_fold(features, clicks, users, features[:9], users[:9]) for _ in range(2))
    assert one[0].tolist() == other[0].tolist()
    assert one[1].tolist() == other[1].tolist() == pytest.approx(one[0][:9].tolist())
