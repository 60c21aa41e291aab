"""The newest evaluation of each use case is gauges, and follows the tables."""

from pathlib import Path

from app.metrics.use_case_figures import UseCaseFigures
from pipelines.measures.evaluation_csv import NAME, append_rows


def write(folder: Path, run: str, at: str, value: float, low: float | None = 0.4) -> None:
    row = {"run_id": run, "evaluated_at": at, "model": "candidate", "segment": "all", "metric": "ndcg_at_10"}
    append_rows(folder / "recruiting" / NAME, [row | {"value": value, "low": low, "high": 0.6}], run)


def test_each_use_case_shows_its_newest_evaluation(tmp_path: Path) -> None:
    assert "pauta_use_case_evaluation{" not in UseCaseFigures(None).text().decode()
    write(tmp_path, "a", "2026-01-01T00:00:00+00:00", 0.5)
    figures = UseCaseFigures(tmp_path)
    labels = 'metric="ndcg_at_10",model="candidate",segment="all",use_case="recruiting"'
    lines = figures.text().decode().splitlines()
    assert f"pauta_use_case_evaluation{{{labels}}} 0.5" in lines
    assert f"pauta_use_case_evaluation_low{{{labels}}} 0.4" in lines
    write(tmp_path, "b", "2026-01-02T00:00:00+00:00", 0.55, low=None)
    text = figures.text().decode()
    assert f"pauta_use_case_evaluation{{{labels}}} 0.55" in text
    assert "pauta_use_case_evaluation_low{" not in text


def test_a_broken_table_leaves_the_figures_as_they_were(tmp_path: Path) -> None:
    write(tmp_path, "a", "2026-01-01T00:00:00+00:00", 0.5)
    figures = UseCaseFigures(tmp_path)
    first = figures.text()
    (tmp_path / "recruiting" / NAME).write_text("run_id\na,b\n")
    assert figures.text() == first
