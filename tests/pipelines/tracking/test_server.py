"""A real MLflow server over HTTP: what is sent to it, and that it may start late."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pipelines.tracking.reconcile import reconcile
from tests.pipelines.tracking.made import settings_of, whole
from tests.pipelines.tracking.seen import artifacts, registry, runs
from tests.servers import free_port

pytestmark = pytest.mark.slow


@contextmanager
def server(folder: Path, port: int) -> Iterator[str]:
    """MLflow as docker-compose.yml runs it, with files of its own."""
    options = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts"]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", *listen, *options],
        env=os.environ | quiet,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(300)


def _answering(address: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(2000):
        assert process.poll() is None
        try:
            httpx.get(f"{address}/health", timeout=60).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return address
    pytest.fail("MLflow did not answer within 400 s")


def test_a_server_that_comes_late_is_told_everything_and_takes_the_pages(tmp_path: Path, empty_store: Path) -> None:
    port = free_port()
    settings = settings_of(tmp_path, f"http://127.0.0.1:{port}")
    releases = whole(settings, "r1").releases
    releases.promote("r1", "test")
    assert "does not answer" in reconcile(settings, "news").problem
    whole(settings, "r2", 100)
    releases.promote("r2", "test")
    home = tmp_path / "server"
    home.mkdir()
    shutil.copyfile(empty_store, home / "mlflow.db")
    with server(home, port) as address:
        outcome = reconcile(settings, "news")
        assert (outcome.problem, outcome.runs, outcome.versions, outcome.waiting) == ("", 2, 2, 0)
        run = runs(address)["r1"]
        assert run.data.metrics["logged/ndcg_at_10"] == 0.3
        assert artifacts(address, run) >= {"data-card.html", "evaluation/report.html"}
        assert registry(address)["aliases"] == {"production": "r2", "candidate": "r2"}
        releases.rollback("stale")
        assert reconcile(settings, "news").aliases == {"production": "r1"}
        assert reconcile(settings, "news").aliases == {}
    assert list(home.rglob("report.html"))
