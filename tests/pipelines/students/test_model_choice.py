"""The model by configuration: its type, its params, and the costs that choose its thresholds."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.__main__ import main
from pipelines.students.training.decisions import choose_thresholds
from pipelines.students.use_case import STUDENTS
from script_shared.errors import SettingsError
from script_shared.params import load_params
from script_shared.students.params import StudentsParams
from tests.pipelines.students.conftest import SMALL, do, make_context


def params(*overrides: str) -> StudentsParams:
    return load_params(StudentsParams, STUDENTS.params_file, overrides)


def test_params_of_a_type_replace_those_of_its_table() -> None:
    model = params('model.type = "xgboost"', "model.params = {trees = 7, rows = 0.5}").model
    assert model.kinds == ["xgboost"]
    assert (model.of("xgboost").trees, model.of("xgboost").rows) == (7, 0.5)
    assert model.of("xgboost").depth == model.xgboost.depth
    assert model.of("forest") == model.forest


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (['model.type = "xgboost"', "model.params = {leaves = 4}"], "params of xgboost: leaves: Extra inputs"),
        (['model.type = "forest"', "model.params = {trees = 0}"], "params of forest: trees: Input should be greater"),
        (["model.params = {trees = 5}"], "the mean has none of its own"),
        (['model.type = "neural"'], "model.type"),
        (["model.class_weights = [1, 0, 1]"], "must be above zero"),
        (['search.features = [["lag", "inde"]]'], "'inde' may not be a feature"),
    ],
)
def test_what_a_type_does_not_know_is_refused_with_its_name(lines: list[str], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        params(*lines)


@pytest.mark.parametrize("kind", ["logistic", "forest", "xgboost", "lightgbm"])
def test_every_type_trains_by_an_experiment_file_of_two_lines(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = tmp_path / "experiment.toml"
    given = {"logistic": "{ordinal = true}", "forest": "{trees = 3}"}.get(kind, "{trees = 5}")
    experiment.write_text(f'[model]\ntype = "{kind}"\nparams = {given}\n')
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PAUTA_EVALUATION_DIR", str(tmp_path / "evaluation"))
    sets = [word for line in SMALL for word in ("--set", line)]
    steps = [word for step in ("landing", "bronze", "silver", "gold", "train") for word in ("--step", step)]
    assert main(["students", "--run-id", "one", "--params", str(experiment), *sets, *steps]) == 0
    trained = STUDENTS.context(_settings(tmp_path), "one").run
    assert trained.facts("trained")["members"] == [kind]
    files = {path.suffix for path in trained.folder("trained").rglob("*") if path.is_file()}
    assert files <= {".npy", ".json", ".txt"}  # nothing that has to be unpickled


def _settings(folder: Path):
    from script_shared.settings import Settings

    return Settings(data_dir=folder / "data", models_uri=str(folder / "models"))


def test_a_wrong_key_of_an_experiment_is_reported_with_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = tmp_path / "mine.toml"
    experiment.write_text("[model]\ntipe = 'forest'\n")
    assert main(["students", "--params", str(experiment)]) == 1
    assert "mine.toml: model.tipe: Extra inputs" in capsys.readouterr().err


def test_a_dearer_missed_critical_student_lowers_the_threshold_of_critical() -> None:
    draw = np.random.default_rng(5)
    status = draw.choice(3, 3000, p=[0.6, 0.3, 0.1])
    critical = np.clip(0.1 + 0.25 * (status == 2) + draw.normal(0, 0.15, 3000), 0.01, 0.99)
    lagging = np.maximum(np.clip(0.3 + 0.3 * (status > 0) + draw.normal(0, 0.2, 3000), 0.01, 0.99), critical)
    chances = np.stack([lagging, critical], axis=1)
    cheap, dear = (
        params('decision.thresholds = "cost"', f"decision.costs = [[0, 1, 1], [1, 0, 1], [{cost}, {cost}, 0]]").decision
        for cost in (1.1, 30)
    )
    found = [choose_thresholds(chances, status, each) for each in (cheap, dear)]
    assert found[1].critical < found[0].critical
    costs = [_cost(found[place].statuses(chances), status, np.asarray(dear.costs)) for place in (0, 1)]
    assert costs[1] < costs[0]


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ("[[0, 1, 3], [1, 0, 1], [3, 2, 0]]", "must cost more than a false alarm"),
        ("[[0, 1, 1], [1, 0, 2], [3, 2, 0]]", "must cost more than a false alarm"),
        ("[[1, 1, 1], [1, 0, 1], [3, 2, 0]]", "a right status costs 0"),
    ],
)
def test_costs_that_make_a_missed_critical_student_cheap_are_refused(costs: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        params(f"decision.costs = {costs}")


def _cost(called: np.ndarray, came: np.ndarray, costs: np.ndarray) -> float:
    return float(costs[came, called].sum())


def test_a_model_of_one_type_is_served_by_the_release(tmp_path: Path) -> None:
    from script_shared.students.model import StudentsModel

    context = make_context(tmp_path, 'model.type = "xgboost"', "model.params = {trees = 10}")
    do(context, "landing", "bronze", "silver", "gold", "search", "train")
    model = StudentsModel.load(context.run.read("trained"))
    assert list(model.risk.members) == ["xgboost"]
    assert model.of_student(model.store.ids.ids[0]) is not None
