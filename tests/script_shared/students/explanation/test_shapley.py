"""Shapley values, and the results of all mixtures, compared with asking the model for each."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from xgboost import XGBClassifier

from pipelines.students.training.members import forest_of
from script_shared.students.explanation.coalitions import mixture_chances
from script_shared.students.explanation.reasons import factors_of, reasons
from script_shared.students.explanation.shapley import shapley_values
from script_shared.students.features import Ruler
from script_shared.students.members.logistic import Logistic
from script_shared.students.members.xgboost_trees import XgboostTrees
from script_shared.students.risk_model import Calibration, RiskModel, Thresholds

NAMES = ("lag", "age", "ida", "ieg", "ipv", "mat")


def by_all_orders(results: np.ndarray) -> np.ndarray:
    """The definition: the mean of what each player adds, over all orders."""
    players = len(results).bit_length() - 1
    parts = np.zeros(players)
    orders = list(permutations(range(players)))
    for order in orders:
        coalition = 0
        for player in order:
            parts[player] += results[coalition | 1 << player] - results[coalition]
            coalition |= 1 << player
    return parts / len(orders)


def test_shapley_values_are_the_mean_over_all_orders() -> None:
    results = np.random.default_rng(3).random(2**5)
    np.testing.assert_allclose(shapley_values(results), by_all_orders(results), atol=1e-12)
    assert shapley_values(results).sum() == pytest.approx(results[-1] - results[0])


def test_nobody_has_no_value() -> None:
    assert shapley_values(np.array([0.3])).tolist() == []


def _fitted(features: np.ndarray, target: np.ndarray) -> RandomForestClassifier:
    return RandomForestClassifier(6, random_state=1, min_samples_leaf=4).fit(features, target)


def _boosted(features: np.ndarray, target: np.ndarray) -> str:
    fitted = XGBClassifier(n_estimators=7, max_depth=3, n_jobs=1).fit(features, target)
    return fitted.get_booster().save_raw("json").decode()


@pytest.fixture(scope="module")
def model() -> RiskModel:
    draw = np.random.default_rng(5)
    features = draw.normal(size=(500, len(NAMES)))
    lagging = -features[:, 0] - 0.6 * features[:, 2] * (features[:, 3] < 0) - 0.3 * features[:, 4]
    status = np.digitize(lagging + draw.normal(size=500), [0.5, 1.5])
    draws = [draw.integers(0, 500, 500) for _ in range(2)]
    trees = [
        [[each.tree_ for each in _fitted(features[rows], status[rows] > level).estimators_] for rows in draws]
        for level in (0, 1)
    ]
    weights, bias = draw.normal(size=(2, 2, len(NAMES))), draw.normal(size=(2, 2))
    logistic = Logistic(features.mean(axis=0), features.std(axis=0), weights, bias)
    boosted = XgboostTrees.of([[_boosted(features[rows], status[rows] > level) for level in (0, 1)] for rows in draws])
    members = {"logistic": logistic, "forest": forest_of(trees), "xgboost": boosted}
    typical, spread = np.median(features, axis=0), np.quantile(features, [0.1, 0.9], axis=0)
    calibration = Calibration((0.9, 1.1), (0.2, -0.1))
    return RiskModel(NAMES, Ruler(7, (0, 1)), typical, spread, members, calibration, Thresholds(), 0.8, {})


def test_every_mixture_is_the_models_own_chance(model: RiskModel) -> None:
    players = list(factors_of(model).values())
    for own in np.random.default_rng(8).normal(size=(5, len(NAMES))):
        found = mixture_chances(model, own, players)
        for mixture in range(2 ** len(players)):
            row = model.typical.copy()
            for player, columns in enumerate(players):
                if mixture >> player & 1:
                    row[columns] = own[columns]
            assert found[mixture] == pytest.approx(model.chances(row[None, :])[0, 0], abs=1e-9)


def test_the_effects_of_all_factors_sum_to_the_difference_to_a_typical_student(model: RiskModel) -> None:
    for own in np.random.default_rng(9).normal(size=(5, len(NAMES))):
        own[3] = np.nan  # a missing value has no part
        risks = model.chances(np.stack([own, model.typical]))[:, 0]
        found = mixture_chances(model, np.where(np.isnan(own), model.typical, own), list(factors_of(model).values()))
        assert shapley_values(found).sum() == pytest.approx(risks[0] - risks[1])
        assert "engagement" not in [reason.factor for reason in reasons(model, own, most=10)]


def test_a_typical_student_has_no_reasons(model: RiskModel) -> None:
    assert reasons(model, model.typical) == []
