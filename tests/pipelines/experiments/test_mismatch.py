"""The test of the division is valid at every look, and finds a small loss."""

import numpy as np

from pipelines.experiments.mismatch import ALPHA, mismatch_p


def test_a_right_division_is_doubted_at_some_look_less_often_than_promised() -> None:
    draw = np.random.default_rng(1)
    doubted = 0
    for _ in range(300):
        first = np.cumsum(draw.random(1_500) < 0.2)
        looks = range(50, 1_500, 50)
        doubted += min(mismatch_p([int(first[n]), n + 1 - int(first[n])], [0.1, 0.4]) for n in looks) < 0.05
    assert doubted / 300 <= 0.05


def test_a_loss_of_a_tenth_of_one_variant_is_found() -> None:
    draw = np.random.default_rng(2)
    first = int((draw.random(20_000) < 0.45 / 0.95).sum())
    assert mismatch_p([first, 20_000 - first], [0.5, 0.5]) < ALPHA


def test_three_variants_are_compared_with_three_shares() -> None:
    assert mismatch_p([500, 300, 200], [0.5, 0.3, 0.2]) == 1.0
    assert mismatch_p([500, 200, 300], [0.5, 0.3, 0.2]) < ALPHA
