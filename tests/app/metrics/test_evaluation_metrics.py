"""The newest figures of each model are gauges, and follow the table."""

from pathlib import Path

from app.metrics.evaluation_file import FILE, EvaluationFile
from app.metrics.evaluation_metrics import EvaluationMetrics

HEADER = "run_id,evaluated_at,source,release,model,segment,metric,cutoff,value,low,high,users,window_start,window_end\n"


def row(run: str, hour: int, model: str, value: str, low: str = "", high: str = "") -> str:
    return f"{run},2026-01-01T{hour:02}:00:00+00:00,sample,v1,{model},all,ndcg,10,{value},{low},{high},100,a,b\n"


def test_without_a_table_there_are_the_names_and_no_figures(tmp_path: Path) -> None:
    for table in (None, EvaluationFile(tmp_path)):
        lines = EvaluationMetrics(table).text().decode().splitlines()
        assert "# TYPE pauta_evaluation gauge" in lines
        assert [line for line in lines if not line.startswith("#")] == []


def test_each_model_shows_its_newest_evaluation_and_what_is_missing_is_left_out(tmp_path: Path) -> None:
    old, new = row("a", 1, "candidate", "0.1", "0.05", "0.15"), row("b", 2, "candidate", "0.2", "0.1", "0.3")
    (tmp_path / FILE).write_text(HEADER + new + old + row("a", 1, "in_service", "0.4") + row("a", 1, "broken", ""))
    said = EvaluationMetrics(EvaluationFile(tmp_path)).text().decode().splitlines()
    labels = 'cutoff="10",metric="ndcg",model="candidate",protocol="batch",segment="all"'
    assert f"pauta_evaluation{{{labels}}} 0.2" in said
    assert f"pauta_evaluation_low{{{labels}}} 0.1" in said
    assert f"pauta_evaluation_high{{{labels}}} 0.3" in said
    assert 'pauta_evaluation_timestamp_seconds{model="candidate"} 1.7672328e+09' in said
    assert f"pauta_evaluation{{{labels.replace('candidate', 'in_service')}}} 0.4" in said
    assert not any(line.startswith("pauta_evaluation_low") and "in_service" in line for line in said)
    assert not any(line.startswith("pauta_evaluation{") and "broken" in line for line in said)


def test_a_new_table_is_read_and_a_broken_one_leaves_the_figures_as_they_were(tmp_path: Path) -> None:
    metrics = EvaluationMetrics(EvaluationFile(tmp_path))
    assert b"pauta_evaluation{" not in metrics.text()
    (tmp_path / FILE).write_text(HEADER + row("a", 1, "candidate", "0.1"))
    first = metrics.text()
    assert b"pauta_evaluation{" in first
    (tmp_path / FILE).write_text("run_id\n1,2,3\n")
    assert metrics.text() == first
