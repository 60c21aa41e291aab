"""The real sheets of three years: read without a lost row, and predicted as well as these data allow."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.students.conftest import do, make_context
from tests.realdata import real_data

LEAST = {  # the lowest of the seeds 7 to 10, less the deviation over them
    "macro_f1": 0.607,
    "accuracy": 0.672,
    "auc_lagging": 0.859,
    "auc_newly_lagging": 0.81,
    "auc_critical": 0.923,
    "ap_critical": 0.474,
    "recall_urgent": 0.82,
    "precision_urgent": 0.227,
}
MOST = {  # the highest of them, and the deviation
    "brier_lagging": 0.152,
    "brier_critical": 0.057,
    "calibration_error": 0.058,
    "calibration_error_critical": 0.043,
}
LEAD = 0.069  # lower end of the lead over "same as this year" in macro-F1, as above


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    sheets = real_data("passos_magicos/PEDE_2022-24.xlsx")
    few = ("model.replicates = 6", "model.forest.trees = 25", "model.folds = 5", "evaluation.resamples = 200")
    folder: Path = tmp_path_factory.mktemp("real")
    return make_context(folder, *few, source="workbooks", source_path=sheets)


@pytest.mark.realdata
def test_every_row_of_the_sheets_is_kept_and_every_column_is_known(evaluated: Any) -> None:
    messages = do(evaluated, "landing", "bronze")["messages"]
    earlier = {(each["sheet"], name) for each in messages for name in each["column"].split(", ")}
    assert all("is of an earlier year than the sheet" in each["what"] for each in messages)
    assert all(each["lost"].startswith("nothing") for each in messages if each["lost"])
    assert ("PEDE2024", "INDE 22") in earlier
    facts = do(evaluated, "silver")
    assert facts["years"] == {"2022": 860, "2023": 1014, "2024": 1156}
    assert facts["rejected"] == {}
    pairs = do(evaluated, "gold")["pairs"]
    assert {name: each["students"] for name, each in pairs.items()} == {"2022 to 2023": 600, "2023 to 2024": 765}


@pytest.mark.realdata
@pytest.mark.slow
def test_next_years_status_is_predicted_better_than_by_this_years(evaluated: Any) -> None:
    found = do(evaluated, "landing", "bronze", "silver", "gold", "train", "evaluate")
    assert {name: found[name] for name, bar in LEAST.items() if found[name] < bar} == {}
    assert {name: found[name] for name, bar in MOST.items() if found[name] > bar} == {}
    assert do(evaluated, "gate")["accepted"]
    content = json.loads((evaluated.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    gap = next(
        each
        for each in content["differences"]
        if (each["reference"], each["metric"]) == ("same_as_this_year", "macro_f1")
    )
    assert gap["low"] > LEAD
