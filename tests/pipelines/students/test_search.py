"""The search: it goes on where it was stopped, never looks at the last pair of years, and its best is trained."""

import json
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.students.release.tried_records import tried_records
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.students.release_folder import CARD
from tests.pipelines.students.conftest import do, make_context

pytestmark = pytest.mark.slow

FAST = (
    'search.types = ["logistic", "xgboost"]',
    "search.repeats = 1",
    'search.metric = "auc_lagging"',
    'search.features = [["lag", "age", "ida", "ieg"]]',
)
DATA = ("landing", "bronze", "silver", "gold")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Context:
    context = make_context(tmp_path_factory.mktemp("search"), *FAST, "search.trials = 3")
    do(context, *DATA, "search")
    return context


def choice(context: Context) -> dict[str, Any]:
    return json.loads((context.run.read("search") / "choice.json").read_text(encoding="utf-8"))


def test_every_try_is_kept_and_the_best_is_the_choice(searched: Context) -> None:
    found = choice(searched)
    finished = [each for each in found["records"] if each["state"] == "complete"]
    assert found["tries"] == len(finished) == 3
    assert found["value"] == max(each["value"] for each in finished)
    assert found["choice"] in [each["choice"] for each in finished]


def test_a_search_that_was_stopped_goes_on_and_nothing_is_tried_twice(searched: Context) -> None:
    before = choice(searched)
    folder = searched.settings.data_dir.parent
    more = make_context(folder, *FAST, "search.trials = 4")
    do(more, "search")
    after = choice(more)
    assert after["study"] == before["study"]
    assert after["records"][:3] == before["records"]
    assert len(after["records"]) == 4
    do(searched, "search")  # all tries are made: nothing happens
    assert len(choice(searched)["records"]) == 4


def test_the_last_pair_of_years_is_not_looked_at(searched: Context, tmp_path: Path) -> None:
    context = make_context(tmp_path, *FAST, "search.trials = 1")
    do(context, *DATA)
    path = context.run.read("gold") / "records.parquet"
    table = pl.read_parquet(path)
    last = (pl.col("year") == 2023) & pl.col("next_status").is_not_null()
    wrong = pl.when(last).then(2 - pl.col("next_status")).otherwise("next_status").alias("next_status")
    table.with_columns(wrong).write_parquet(path)
    do(context, "search")
    assert choice(context)["records"][0]["value"] == pytest.approx(choice(searched)["records"][0]["value"])


def test_the_choice_is_trained_and_each_try_is_a_record_for_mlflow(searched: Context) -> None:
    found = choice(searched)
    trained = do(searched, "train")
    assert trained["members"] == [found["choice"]["type"]]
    params = json.loads((searched.run.read("trained") / "training_params.json").read_text(encoding="utf-8"))
    assert params["model"]["params"] == found["choice"]["params"]
    records = tried_records(searched.run)
    assert len({record.key for record in records}) == len(found["records"])
    best = max(records, key=lambda record: record.metrics["search/auc_lagging"])
    assert best.params["type"] == found["choice"]["type"]
    assert best.data["source"] == "generated"


def test_without_tries_the_params_file_decides(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    do(context, *DATA)
    assert do(context, "search")["choice"] is None
    assert tried_records(context.run) == []


def test_a_search_that_finishes_no_try_says_what_to_change(tmp_path: Path) -> None:
    context = make_context(tmp_path, *FAST, "search.trials = 2", "search.seconds = 0.000001")
    do(context, *DATA)
    with pytest.raises(InputError, match=r"finished no try .*search\.seconds"):
        do(context, "search")


def test_the_model_card_names_the_features_of_the_choice(searched: Context) -> None:
    file = searched.run.read("search") / "choice.json"
    before, few = file.read_text(encoding="utf-8"), ["lag", "age", "ida", "ieg"]
    content = json.loads(before)
    file.write_text(json.dumps(content | {"choice": content["choice"] | {"features": few}}), encoding="utf-8")
    try:
        do(searched, "train", "evaluate", "gate", "publish")
    finally:
        file.write_text(before, encoding="utf-8")
    release = searched.releases.fetch(searched.run.facts("published")["version"])
    assert json.loads((release / CARD).read_text(encoding="utf-8"))["features"] == few


def test_the_time_of_a_search_is_that_of_all_runs_and_a_longer_one_goes_on(tmp_path: Path) -> None:
    budget = ("search.trials = 300", "search.seconds = 4")
    context = make_context(tmp_path, *FAST, *budget)
    do(context, *DATA)
    began = perf_counter()
    do(context, "search")
    took, found = perf_counter() - began, choice(context)
    longest = max(each["ended_ms"] - each["started_ms"] for each in found["records"]) / 1000
    assert 0 < len(found["records"]) < 300
    assert 4 <= found["seconds"] < 5 + longest
    assert took < 15 + longest  # of which some is the import of optuna
    do(context, "search")  # as a run that was stopped after the search: the time is used up
    assert choice(context)["records"] == found["records"]
    more = make_context(tmp_path, *FAST, budget[0], f"search.seconds = {found['seconds'] + 0.2}")
    do(more, "search")
    assert len(found["records"]) < len(choice(more)["records"]) < 300


def test_a_poor_try_ends_after_its_first_repeat(tmp_path: Path) -> None:
    import optuna

    context = make_context(tmp_path, FAST[0], *FAST[2:], "search.repeats = 2", "search.trials = 20")
    do(context, *DATA, "search")
    found = choice(context)
    assert found["tries"] + found["pruned"] == 20
    assert found["pruned"] > 0
    (file,) = (context.run.root / ".search").glob("*.sqlite3")
    study = optuna.load_study(study_name=found["study"], storage=f"sqlite:///{file}")
    for trial in study.trials:
        before = [each.intermediate_values[0] for each in study.trials[: trial.number] if each.state.name == "COMPLETE"]
        if trial.state.name == "PRUNED":
            assert len(before) >= 8
            step = max(trial.intermediate_values)
            assert step == 0 or trial.intermediate_values[0] >= np.median(before)
            if step == 0:
                assert trial.intermediate_values[0] < np.median(before)
        else:
            assert list(trial.intermediate_values) == [0, 1]
    assert any(list(trial.intermediate_values) == [0] for trial in study.trials)
    states = {each["number"]: each["state"] for each in found["records"]}
    assert sorted(states.values()).count("pruned") == found["pruned"]
    assert found["value"] == max(each["value"] for each in found["records"] if each["state"] == "complete")
