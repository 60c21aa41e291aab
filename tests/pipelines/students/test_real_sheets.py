"""The real sheets of three years: read without a lost row, and predicted as well as these data allow."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.students.conftest import do, make_context
from tests.realdata import real_data

BARS = {  # what docs/benchmarks.md says these data hold, less the chance of another seed
    "auc_lagging": 0.86,
    "auc_newly_lagging": 0.81,
    "auc_critical": 0.91,
    "ap_critical": 0.43,
    "macro_f1": 0.58,
    "recall_urgent": 0.80,
}


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
    assert {name: found[name] for name, bar in BARS.items() if found[name] < bar} == {}
    assert found["brier_lagging"] < 0.16
    assert found["calibration_error"] < 0.08
    assert do(evaluated, "gate")["accepted"]
    content = json.loads((evaluated.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    gap = next(
        each
        for each in content["differences"]
        if (each["reference"], each["metric"]) == ("same_as_this_year", "macro_f1")
    )
    assert gap["low"] > 0.04
