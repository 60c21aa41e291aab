"""Gauges show the newest backup; without a restorable one, its time is 0."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.metrics.reports.backup_metrics import FILE, FOLDER, BackupMetrics

FIGURES = {
    "made_at": "2026-01-01T00:00:00+00:00",
    "bytes": 1000,
    "problem": "",
    "trial_seconds": 2.5,
    "restorable_at": "2026-01-01T00:00:00+00:00",
    "max_age_hours": 48.0,
    "kept": 3,
}


def write(folder: Path, **values: Any) -> list[str]:
    (folder / FOLDER).mkdir(exist_ok=True)
    (folder / FOLDER / FILE).write_text(json.dumps(FIGURES | values), encoding="utf-8")
    return BackupMetrics(folder).text().decode().splitlines()


def test_without_a_backup_there_are_the_names_and_no_figures(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        lines = BackupMetrics(folder).text().decode().splitlines()
        assert "# TYPE pauta_backup_restorable_timestamp_seconds gauge" in lines
        assert [line for line in lines if not line.startswith("#")] == []


def test_a_restored_backup_is_shown_with_its_time(tmp_path: Path) -> None:
    lines = write(tmp_path)
    assert "pauta_backup_restorable_timestamp_seconds 1.7672256e+09" in lines
    assert "pauta_backup_trial_failed 0.0" in lines
    assert "pauta_backup_max_age_seconds 172800.0" in lines


def test_a_backup_that_cannot_be_restored_is_a_problem_and_not_restorable(tmp_path: Path) -> None:
    lines = write(tmp_path, problem="damaged", restorable_at=None)
    assert "pauta_backup_restorable_timestamp_seconds 0.0" in lines
    assert "pauta_backup_trial_failed 1.0" in lines


def test_a_backup_before_its_trial_has_no_result(tmp_path: Path) -> None:
    lines = write(tmp_path, problem=None, trial_seconds=None)
    assert not [
        line for line in lines if line.startswith(("pauta_backup_trial_failed ", "pauta_backup_trial_seconds "))
    ]


@pytest.mark.parametrize("content", ["{", "{}", json.dumps(FIGURES | {"kept": "many"})], ids=["cut", "empty", "text"])
def test_a_broken_file_leaves_the_figures_as_they_were(tmp_path: Path, content: str) -> None:
    write(tmp_path)
    metrics = BackupMetrics(tmp_path)
    first = metrics.text()
    (tmp_path / FOLDER / FILE).write_text(content)
    assert metrics.text() == first
