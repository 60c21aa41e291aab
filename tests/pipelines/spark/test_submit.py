"""A task of Airflow submits refine to Spark by Airflow's provider, and gets its facts or its error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
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


class NoPods(BaseHTTPRequestHandler):
    """The API server of a cluster without pods."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        self.send_response(404)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""


@contextmanager
def cluster_without_pods() -> Iterator[tuple[str, list[str]]]:
    """The address of its API server as a master of Spark, and the paths that were requested."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), NoPods)
    server.seen = []  # type: ignore[attr-defined]
    (thread := Thread(target=server.serve_forever)).start()
    try:
        yield f"k8s://http://127.0.0.1:{server.server_port}", server.seen  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.spark
def test_a_driver_for_kubernetes_runs_our_code_in_the_process_of_the_task(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The driver looks its own pod up, and there is none: it has started, and its error is the task's error."""
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    fill(run)
    (options := tmp_path / "conf").mkdir()
    options.joinpath("spark-defaults.conf").write_text(
        "spark.kubernetes.driver.pod.name driver\nspark.kubernetes.container.image none\n"
    )
    monkeypatch.setenv("SPARK_CONF_DIR", str(options))
    with cluster_without_pods() as (master, seen):
        monkeypatch.setenv("PAUTA_SPARK_MASTER", master)
        with pytest.raises(SettingsError, match="no session of Spark starts there"):
            run_step(NEWS, REFINE, RUN, airflow_context())
    assert "/api/v1/namespaces/default/pods/driver" in seen


@pytest.mark.spark
def test_without_the_provider_for_kubernetes_the_message_names_the_image(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark", reason="make test-spark installs PySpark")
    fill(run)
    monkeypatch.setenv("PAUTA_SPARK_MASTER", "k8s://https://127.0.0.1:6443")
    monkeypatch.setitem(sys.modules, "airflow.providers.cncf.kubernetes.kube_client", None)
    with pytest.raises(SettingsError, match=r"provider for Kubernetes is not installed.*KUBERNETES=1"):
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
