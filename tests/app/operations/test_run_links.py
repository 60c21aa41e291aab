"""From a run to its own place in Airflow, MLflow and Grafana."""

from pathlib import Path

import pytest

from app.operations.run_links import mlflow_runs_in
from tests.app.operations.conftest import Site
from tests.app.shell.sessions import log_in


def test_a_run_leads_to_its_own_place_in_each_tool(site: Site) -> None:
    with log_in(site.client, site.tokens["viewer"]) as person:
        page = person.get("/operations/news/runs").text
    rows = {run: page[page.index(f">{run} <small") :].partition("</tr>")[0] for run in ("run-1", "run-2")}
    for run, dag_run in (("run-1", "monitoring__run-1"), ("run-2", "manual__2026-01-02T00%3A00%3A00%2B00%3A00")):
        assert f"https://airflow.example/dags/news_training/runs/{dag_run}&quot;" in rows[run].replace('"', "&quot;")
        assert "https://grafana.example/d/pauta-models?from=17" in rows[run]
    assert "https://mlflow.example/#/experiments/7/runs/abc" in rows["run-2"]
    assert "mlflow.example" not in rows["run-1"]


@pytest.mark.parametrize("content", ["", "[]", '{"experiment": "7", "runs": []}', '{"runs": {}}'])
def test_a_damaged_file_of_mlflow_gives_no_links(tmp_path: Path, content: str) -> None:
    (tmp_path / "mlflow_runs.json").write_text(content)
    assert mlflow_runs_in(tmp_path) == ("", {})
