"""A task of Airflow submits refine to Spark by Airflow's provider, and gets its facts or its error."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from pipelines.airflow.steps import run_step
from pipelines.news.use_case import NEWS
from pipelines.runs import Run
from script_shared.errors import InputError, SettingsError
from tests.pipelines.news import small_run
from tests.pipelines.news.challenge_files import START, Reader, read, write_raw
from tests.pipelines.news.refine.spark.both_engines import SOCKETS

pytestmark = [*SOCKETS]
RUN = "r1"
REFINE = NEWS.step("refine")


@pytest.fixture(autouse=True)
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PAUTA_ENGINE", "spark")
    return Run(tmp_path / "news", RUN)


def airflow_context() -> dict[str, Any]:
    moment = datetime(2026, 11, 20, 23, 5, 9, tzinfo=UTC)
    dag_run = SimpleNamespace(dag_id="news_data", run_id="manual__x", run_type="manual", run_after=moment)
    task = SimpleNamespace(task_id="refine", map_index=-1, max_tries=3)
    return {"params": {}, "dag_run": dag_run, "triggering_asset_events": {}, "ti": task}


def fill(run: Run, *readers: Reader) -> None:
    with run.write("raw") as (raw, _):
        write_raw(raw, [*readers, Reader("ana", [read(0), read(1, START + 9)]), Reader("rui", [read(2)])])


@pytest.mark.spark
def test_refine_is_submitted_and_its_facts_are_the_tasks(run: Run) -> None:
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    fill(run)
    facts = run_step(NEWS, REFINE, RUN, airflow_context())
    assert (facts["engine"], facts["interactions"], facts["run_id"]) == ("spark", 3, RUN)
    assert pl.read_parquet(run.read("refined") / "users.parquet")["user_id"].to_list() == ["ana", "rui"]


@pytest.mark.spark
def test_one_segment_is_submitted_and_its_facts_are_the_tasks(run: Run) -> None:
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    small_run.refine(replace(small_run.context_of(run.root, RUN), run=run))
    facts = run_step(NEWS, NEWS.step("train"), RUN, airflow_context(), "anonymous")
    assert (facts["engine"], facts["segment"]) == ("spark", "anonymous")
    assert facts["users"] == run.facts("trained", "anonymous")["users"] > 0


@pytest.mark.spark
def test_an_error_of_the_step_is_the_tasks_error(run: Run) -> None:
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    fill(run, Reader("odd", [read(0, ms=17)]))
    with pytest.raises(InputError, match="is not a time between 2000 and 2100"):
        run_step(NEWS, REFINE, RUN, airflow_context())


def test_without_the_provider_the_message_names_the_packages(run: Run) -> None:
    try:
        import airflow.providers.apache.spark  # noqa: F401
    except ImportError:
        fill(run)
        with pytest.raises(
            SettingsError, match=r"provider for Spark is not installed.*--no-deps -r requirements_spark\.txt"
        ):
            run_step(NEWS, REFINE, RUN, airflow_context())
    else:
        pytest.skip("the provider is installed here")
