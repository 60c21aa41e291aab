"""Members as arrays and texts: equal to the libraries' predictions, and damaged ones are refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipelines.students.training.members import fit_member, forest_of
from pipelines.students.training.regressions import bounded_logistic, ordinal_logistic
from pipelines.students.use_case import STUDENTS
from script_shared.arrays import save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.params import load_params
from script_shared.students.members.forest import Forest
from script_shared.students.members.trees import BLOCK
from script_shared.students.members.xgboost_trees import XgboostTrees
from script_shared.students.params import StudentsParams
from script_shared.students.risk_model import KINDS, Calibration

NAMES = ["lag", "age", "ida"]


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(1)
    features = draw.normal(size=(400, 3))
    status = np.digitize(-features[:, 0] - 0.7 * features[:, 2] + draw.normal(size=400), [0.5, 1.5])
    return features, status.astype(np.int8)


@pytest.fixture(scope="module")
def params() -> StudentsParams:
    few = ["model.forest.trees = 4", "model.lightgbm.trees = 10", "model.xgboost.trees = 10"]
    return load_params(StudentsParams, STUDENTS.params_file, few)


def test_the_forest_predicts_what_the_library_does(rows: tuple[np.ndarray, np.ndarray]) -> None:
    from sklearn.ensemble import RandomForestClassifier

    features, status = rows
    models = [RandomForestClassifier(7, random_state=n, min_samples_leaf=3).fit(features, status > n) for n in (0, 1)]
    forest = forest_of([[[each.tree_ for each in model.estimators_]] for model in models])
    expected = np.stack([model.predict_proba(features)[:, 1] for model in models], axis=1)
    np.testing.assert_allclose(forest.predict(features)[:, 0], expected, atol=1e-6)


def test_many_rows_reach_the_leaves_that_few_rows_reach(
    rows: tuple[np.ndarray, np.ndarray], params: StudentsParams
) -> None:
    draws = [np.arange(400), np.arange(100, 400)]
    forest = fit_member("forest", *rows, draws, NAMES, params.model)
    many = np.tile(np.round(rows[0], 1), (50, 1))[: BLOCK + 7]
    few = np.concatenate([forest.predict(many[start : start + 100]) for start in range(0, len(many), 100)])
    np.testing.assert_allclose(forest.predict(many), few, atol=1e-12)


def test_the_logistic_regression_without_bounds_is_the_librarys(rows: tuple[np.ndarray, np.ndarray]) -> None:
    from sklearn.linear_model import LogisticRegression

    features, status = rows
    model = LogisticRegression(C=0.3, tol=1e-10, max_iter=10_000).fit(features, status > 0)
    found = bounded_logistic(features, status > 0, [0, 0, 0], 0.3)
    chances = 1 / (1 + np.exp(-(features @ found[:-1] + found[-1])))
    np.testing.assert_allclose(chances, model.predict_proba(features)[:, 1], atol=1e-6)


def test_an_ordinal_regression_has_one_slope_two_cuts_and_the_lowest_loss(rows: tuple[np.ndarray, np.ndarray]) -> None:
    from scipy.special import expit

    features, status = rows
    weights, bias = ordinal_logistic(features, status, np.ones(400), [0, 0, 0], 0.3)
    assert (weights[0] == weights[1]).all()
    assert bias[0] > bias[1]

    def loss(slopes: np.ndarray, cuts: np.ndarray) -> float:
        upper, lower = (expit(features @ slopes + cut) for cut in cuts)
        chance = np.select([status == 2, status == 1], [lower, upper - lower], 1 - upper)
        return float(-np.log(chance).sum() + slopes @ slopes / 0.6)

    best = loss(weights[0], bias)
    for step in (1e-3, -1e-3):
        for place in range(3):
            assert loss(weights[0] + step * np.eye(3)[place], bias) > best
        for place in range(2):
            assert loss(weights[0], bias + step * np.eye(2)[place]) > best


def test_xgboosts_trees_predict_what_the_library_does_without_it(
    rows: tuple[np.ndarray, np.ndarray], params: StudentsParams, tmp_path: Path
) -> None:
    import xgboost

    features, status = rows
    fit_member("xgboost", features, status, [np.arange(400), np.arange(100, 400)], NAMES, params.model).save(tmp_path)
    loaded = XgboostTrees.load(tmp_path, len(NAMES))
    coarse = np.round(features, 1)  # many values lie on a threshold
    for output, name in enumerate(("lagging", "critical")):
        library = xgboost.Booster(model_file=tmp_path / "xgboost" / f"001-{name}.json")
        expected = library.predict(xgboost.DMatrix(coarse))
        np.testing.assert_allclose(loaded.predict(coarse)[:, 1, output], expected, atol=1e-6)


@pytest.mark.parametrize("damage", [lambda text: text[:-40], lambda text: text.replace('"split_indices":[', '"x":[')])
def test_damaged_json_of_xgboost_is_a_corrupt_release(
    damage: Callable[[str], str], rows: tuple[np.ndarray, np.ndarray], params: StudentsParams, tmp_path: Path
) -> None:
    fit_member("xgboost", *rows, [np.arange(400)], NAMES, params.model).save(tmp_path)
    file = tmp_path / "xgboost" / "000-critical.json"
    file.write_text(damage(file.read_text()))
    with pytest.raises(ReleaseCorruptError):
        XgboostTrees.load(tmp_path, len(NAMES))


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_heavier_class_is_predicted_more_often(
    kind: str, rows: tuple[np.ndarray, np.ndarray], params: StudentsParams
) -> None:
    heavy = params.model.model_copy(update={"class_weights": (1.0, 1.0, 8.0)})
    draws = [np.arange(400)]
    plain, weighted = (fit_member(kind, *rows, draws, NAMES, each).predict(rows[0]) for each in (params.model, heavy))
    assert weighted[:, 0, 1].mean() > plain[:, 0, 1].mean() + 0.02


def test_a_bounded_weight_is_never_above_zero(rows: tuple[np.ndarray, np.ndarray]) -> None:
    features, status = rows
    found = bounded_logistic(-features, status > 0, [-1, -1, -1], 0.3)
    assert (found[:-1] <= 0).all()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_member_is_the_same_after_saving_and_better_marks_never_raise_the_risk(
    kind: str, rows: tuple[np.ndarray, np.ndarray], params: StudentsParams, tmp_path: Path
) -> None:
    features, status = rows
    draws = [np.arange(400), np.arange(0, 400, 2)]
    member = fit_member(kind, features, status, draws, NAMES, params.model)
    member.save(tmp_path)
    loaded = KINDS[kind].load(tmp_path, len(NAMES))
    found = loaded.predict(features)
    assert found.shape == (400, 2, 2)
    np.testing.assert_allclose(found, member.predict(features))
    better = features + np.array([0, 0, 1.5])
    assert (loaded.predict(better) <= found + 1e-9).all()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_missing_member_is_a_corrupt_release(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseCorruptError):
        KINDS[kind].load(tmp_path, len(NAMES))


@pytest.mark.parametrize(
    ("name", "value"),
    [("left", [1, 0, 0]), ("feature", [9, -1, -1]), ("roots", [[[7]], [[0]]]), ("value", [2.0, 0, 1])],
)
def test_trees_that_do_not_fit_are_refused(name: str, value: list, tmp_path: Path) -> None:
    arrays = {
        "roots": np.array([[[0]], [[0]]], np.int32),
        "feature": np.array([0, -1, -1], np.int16),
        "threshold": np.zeros(3),
        "left": np.array([1, 0, 0], np.int32),
        "right": np.array([2, 0, 0], np.int32),
        "value": np.array([0.5, 0.0, 1.0]),
    }
    save_arrays(tmp_path / "forest", arrays)
    assert Forest.load(tmp_path, 3).predict(np.array([[-1.0, 0, 0], [1.0, 0, 0]]))[:, 0, 0].tolist() == [0.0, 1.0]
    bad = {"left": [0, 0, 0]} if name == "left" else {name: value}
    save_arrays(tmp_path / "forest", {key: np.asarray(each) for key, each in bad.items()})
    with pytest.raises(ReleaseCorruptError):
        Forest.load(tmp_path, 3)


def test_calibration_keeps_critical_a_part_of_lagging() -> None:
    chances = np.array([[0.3, 0.29], [0.9, 0.1], [0.0, 0.0], [1.0, 1.0]])
    found = Calibration((1.0, 0.2), (-1.0, 2.0)).apply(chances)
    assert (found[:, 1] <= found[:, 0]).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_a_forest_of_many_rows_is_fitted_in_threads_and_is_the_same(
    rows: tuple[np.ndarray, np.ndarray], params: StudentsParams, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = [np.arange(400)]
    alone = fit_member("forest", *rows, draws, NAMES, params.model).predict(rows[0])
    monkeypatch.setattr("pipelines.students.training.members.MANY", 1)
    threads = fit_member("forest", *rows, draws, NAMES, params.model).predict(rows[0])
    np.testing.assert_array_equal(alone, threads)
