"""Chances move to the shares of another year without a look at what came."""

import numpy as np
import pytest

from pipelines.students.training.prior_shift import change


def sample(share: float, rows: int = 40_000) -> tuple[np.ndarray, np.ndarray]:
    """What came, and a score whose distribution depends on it alone."""
    draw = np.random.default_rng(3)
    came = draw.random(rows) < share
    return came, draw.normal(np.where(came, 1.0, -1.0), 1.2)


def chances(score: np.ndarray, share: float) -> np.ndarray:
    """By Bayes' rule, for samples with that share."""
    logit = 2 * score / 1.2**2 + np.log(share / (1 - share))
    return 1 / (1 + np.exp(-logit))


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_chances_follow_the_share_of_another_year(share: float) -> None:
    came, score = sample(share)
    old = chances(score, 0.4)
    moved = 1 / (1 + np.exp(-(np.log(old / (1 - old)) + change(old, 0.4))))
    assert moved.mean() == pytest.approx(came.mean(), abs=0.01)
    np.testing.assert_allclose(moved, chances(score, share), atol=0.02)
