"""Measures of many resamples at once are those of each resample."""

from collections.abc import Callable

import numpy as np
import pytest

from pipelines.recruiting.evaluation.correlations import CORRELATIONS
from pipelines.recruiting.evaluation.inside import auc, interval_by_vacancy, resampled_auc
from script_shared.arrays import FloatArray, IntArray

DRAW = np.random.default_rng(4)
SIZE = 60
CAME = DRAW.random(SIZE) < 0.3
SCORE = np.round(DRAW.random(SIZE), 1)  # with equal values
GRADE = DRAW.integers(0, 5, SIZE).astype(float)
TIMES = DRAW.integers(0, 4, (20, SIZE)).astype(float)


def of_each(measure: Callable[[IntArray], float]) -> list[float]:
    return [measure(np.repeat(np.arange(SIZE), times.astype(int))) for times in TIMES]


def test_an_auc_of_resamples_is_that_of_the_drawn_cases() -> None:
    assert resampled_auc(CAME, SCORE, TIMES).tolist() == of_each(lambda rows: auc(CAME[rows], SCORE[rows]))


def test_a_resample_with_one_outcome_has_no_auc() -> None:
    assert np.isnan(resampled_auc(CAME, SCORE, (~CAME).astype(float)[None, :])).all()


@pytest.mark.parametrize("name", CORRELATIONS)
def test_a_correlation_of_resamples_is_that_of_the_drawn_cases(name: str) -> None:
    alone, together = CORRELATIONS[name]
    expected = of_each(lambda rows: alone(SCORE[rows], GRADE[rows]))
    assert together(SCORE, GRADE, TIMES) == pytest.approx(expected, abs=1e-9)
    assert np.isnan(together(np.ones(SIZE), GRADE, TIMES)).all()


def test_an_interval_draws_a_vacancy_with_all_its_applications() -> None:
    drawn: list[FloatArray] = []

    def measure(times: FloatArray) -> FloatArray:
        drawn.append(times)
        return np.asarray(times[:, 0])

    low, high = interval_by_vacancy(measure, np.array([7, 3, 7, 5]), 50, 1)
    times = drawn[0]
    assert times.shape == (50, 4)
    assert (times[:, 0] == times[:, 2]).all()
    assert (times[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert (low, high) == tuple(np.quantile(times[:, 0], [0.025, 0.975]))
