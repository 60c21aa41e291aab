"""A generated year that differs is found and named, one that does not raises no alarm."""

from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.use_case import Context
from tests.pipelines.students.conftest import SMALL, do, make_context

pytestmark = pytest.mark.slow

FEW = [word for line in SMALL for word in ("--set", line)]


def test_the_usual_generated_year_raises_no_alarm(finished: Context) -> None:
    facts = finished.run.facts("quality")
    assert facts["alarm"] is False
    assert facts["new_columns"] == []


def test_a_planted_drift_is_found_by_column_and_named(tmp_path: Path) -> None:
    context = make_context(tmp_path, "generated.drift = 1.0")
    facts = do(context, "landing", "bronze", "silver", "gold", "quality")
    assert {"ida", "ieg", "mat", "ips"} <= set(facts["drifted"])
    assert "por" not in facts["drifted"]
    assert facts["alarm"] is True
    assert len(facts["new_columns"]) == 1
    assert "Frequência" in facts["new_columns"][0]
    assert any(sentence.startswith("ida fell strongly") for sentence in facts["sentences"])
    assert any("ips is missing in" in sentence for sentence in facts["sentences"])
    assert (context.settings.evaluation_dir / "students" / "drift.json").is_file()


@pytest.mark.slow
def test_the_simulation_ends_in_report_alert_and_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAUTA_EVALUATION_DIR", str(tmp_path / "not-touched"))
    assert main(["simulate-drift", "--work", str(tmp_path / "work"), *FEW]) == 0
    said = capsys.readouterr().out
    assert "alert      DataDrift fires" in said
    assert "retraining " in said
    page = next(line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("report"))
    assert "2024 differs largely in columns that the model uses" in Path(page).read_text(encoding="utf-8")
    assert not (tmp_path / "not-touched").exists()


def test_dropping_into_a_landing_folder_leaves_the_rest_to_the_dag(tmp_path: Path) -> None:
    assert main(["simulate-drift", "--drop", str(tmp_path), *FEW]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["PEDE2022.xlsx", "PEDE2023.xlsx", "PEDE2024.xlsx"]
