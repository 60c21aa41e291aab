"""The order of a vacancy's applicants: it finds what decides inside a vacancy, independent of what fills vacancies."""

import numpy as np
import pytest

from pipelines.recruiting.evaluation.inside import inside_values
from pipelines.recruiting.training.order_fit import fit_order
from script_shared.recruiting.features.match_features import NAMES
from script_shared.recruiting.ranking.applicant_order import COLUMNS, ApplicantOrder


def test_a_planted_order_inside_vacancies_is_found_though_filled_vacancies_hide_it() -> None:
    draw = np.random.default_rng(5)
    vacancy = np.repeat(np.arange(120), 6)
    features = draw.normal(size=(720, len(NAMES))).astype(np.float32)
    age = np.tile(np.arange(6), 120) * 5.0
    filled = vacancy % 2 == 0
    features[:, NAMES.index("age_days")] = age + 60 * ~filled  # late days are of vacancies that stay open
    came = filled & (age + draw.normal(size=720) * 4 > 22)
    order = fit_order(features, vacancy, came)
    assert order is not None
    assert COLUMNS[int(np.abs(order.weights).argmax())] == "age_days"
    score = order.of_features(features)
    found = inside_values(vacancy, came, {"order": score, "age": -features[:, NAMES.index("age_days")]})
    assert np.mean(found["order"]["auc_inside"]) > 0.75
    kept = ApplicantOrder.of(order.facts())
    assert np.allclose(kept.of_features(features), score)


def test_too_few_vacancies_with_both_outcomes_give_no_order() -> None:
    features = np.zeros((30, len(NAMES)), np.float32)
    assert fit_order(features, np.repeat(np.arange(10), 3), np.arange(30) % 3 == 0) is None


def test_an_order_of_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="other columns"):
        ApplicantOrder.of({"center": [0.0], "scale": [1.0], "weights": [1.0]})
