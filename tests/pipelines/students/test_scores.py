"""Measures against scikit-learn's, and cases counted by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.students import scores

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([0.0, 0.2, 0.5, 0.9])), min_size=1)


@settings(deadline=None)
@given(ROWS)
def test_measures_are_those_of_the_library(rows: list[tuple[int, int, float]]) -> None:
    from sklearn import metrics

    came, called, chance = (np.array(column) for column in zip(*rows, strict=True))
    expected = metrics.f1_score(came, called, labels=[0, 1, 2], average="macro", zero_division=0)
    assert scores.macro_f1(came, called) == pytest.approx(expected)
    lags = came > 0
    if lags.any() and not lags.all():
        assert scores.auc(lags, chance) == pytest.approx(metrics.roc_auc_score(lags, chance))
        assert scores.average_precision(lags, chance) == pytest.approx(metrics.average_precision_score(lags, chance))


def test_calibration_error_of_a_case_by_hand() -> None:
    chance, came = np.array([0.15, 0.15, 0.95, 0.95]), np.array([False, False, True, False])
    assert scores.calibration_error(came, chance) == pytest.approx((0.15 * 2 + 0.45 * 2) / 4)


def test_what_has_no_ground_truth_is_nan() -> None:
    none = np.array([False, False])
    assert np.isnan(scores.auc(none, np.array([0.1, 0.2])))
    assert np.isnan(scores.average_precision(none, np.array([0.1, 0.2])))
    assert np.isnan(scores.recall(none, none))
