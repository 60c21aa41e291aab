"""The figures of drift are gauges by use case and column, and follow the files."""

import json
from pathlib import Path
from typing import Any

from app.metrics.reports.drift_metrics import FILE, DriftMetrics


def write(folder: Path, use_case: str, **values: Any) -> None:
    column = {"column": "ida", "index": 0.4, "gap": 0.3, "missing": 0.1, "level": "large", "used": True}
    comparison = {"columns": [column | values], "new_columns": ["x"]}
    content = {"measured_at": "2026-01-01T00:00:00+00:00", "comparisons": {"long_term": comparison}}
    (folder / use_case).mkdir(exist_ok=True)
    (folder / use_case / FILE).write_text(json.dumps(content), encoding="utf-8")


def test_without_a_file_there_are_the_names_and_no_figures(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        lines = DriftMetrics(folder).text().decode().splitlines()
        assert "# TYPE pauta_drift_columns gauge" in lines
        assert [line for line in lines if not line.startswith("#")] == []


def test_each_use_case_shows_its_newest_comparison(tmp_path: Path) -> None:
    write(tmp_path, "students")
    write(tmp_path, "news", level="notable", used=False, gap=None)
    metrics = DriftMetrics(tmp_path)
    lines = metrics.text().decode().splitlines()
    assert 'pauta_drift_index{column="ida",reference="long_term",use_case="students"} 0.4' in lines
    assert 'pauta_drift_columns{level="large",reference="long_term",use_case="students",used="yes"} 1.0' in lines
    assert 'pauta_drift_columns{level="large",reference="long_term",use_case="news",used="yes"} 0.0' in lines
    assert 'pauta_drift_columns{level="notable",reference="long_term",use_case="news",used="no"} 1.0' in lines
    assert 'pauta_drift_new_columns{use_case="students"} 1.0' in lines
    assert 'pauta_drift_timestamp_seconds{use_case="students"} 1.7672256e+09' in lines
    assert not any(line.startswith("pauta_drift_distance") and "news" in line for line in lines)
    write(tmp_path, "students", level="none", index=0.01234)
    assert (
        'pauta_drift_index{column="ida",reference="long_term",use_case="students"} 0.01234' in metrics.text().decode()
    )


def test_a_broken_file_leaves_the_figures_as_they_were(tmp_path: Path) -> None:
    write(tmp_path, "students")
    metrics = DriftMetrics(tmp_path)
    first = metrics.text()
    (tmp_path / "students" / FILE).write_text(
        '{"measured_at": "2026-01-01", "comparisons": {"long_term": {"columns": [{}]}}}'
    )
    assert metrics.text() == first
