"""`make run` for real, on a sample of a few thousand clicks: start, first release, stop, start again, serve."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from pipelines.supervisor.airflow import AirflowRest
from pipelines.supervisor.components import ComponentGroup
from pipelines.supervisor.credentials import ADMIN
from pipelines.supervisor.first_release import RunFailedError, follow
from script_shared.news.segments import SEGMENT_NAMES
from tests.conftest import THREADS
from tests.patience import PATIENCE_SECONDS
from tests.pipelines.dags.tiny import write_tiny_params, write_tiny_students_params
from tests.pipelines.supervisor.scenario import ROOT, marked, wait_until_gone

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(3000)]
UP = "Ctrl-C stops everything"


class MakeRun:
    """A supervisor in a process of its own, and what it has printed so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = ""
        self.ports = {"PAUTA_AIRFLOW_PORT": free_port(), "PAUTA_PORT": free_port()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.supervisor"],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.ports['PAUTA_PORT']}"

    @property
    def airflow(self) -> str:
        return f"http://127.0.0.1:{self.ports['PAUTA_AIRFLOW_PORT']}"

    def wait_for(self, text: str, seconds: float = 1500) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        self._reader.join()
        return code

    def clear(self) -> None:
        """End it in any state, after a test that failed."""
        self.process.kill()
        self.process.wait()
        for left in wait_until_gone(self.folder):
            left.kill()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        stack_settings = {
            "DATA_DIR": "data",
            "MODELS_URI": "models",
            "EVALUATION_DIR": "evaluation",
            "CACHE_DIR": "cache",
        }
        settings = {f"PAUTA_{name}": str(self.folder / place) for name, place in stack_settings.items()}
        settings["PAUTA_USE_CASES"] = "news,students"  # the first, and another one after it
        params = {
            "PAUTA_PARAMS_FILE": str(write_tiny_params(self.folder)),
            "PAUTA_STUDENTS_PARAMS_FILE": str(write_tiny_students_params(self.folder)),
        }
        places = {"PAUTA_HOME": str(self.folder), "PAUTA_MLFLOW_URI": "off"}
        ports = {name: str(port) for name, port in self.ports.items()}
        return kept | settings | params | places | ports | THREADS | {"MARK": str(self.folder)}


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture
def run(folder: Path) -> Iterator[MakeRun]:
    started = MakeRun(folder)
    yield started
    started.clear()


def test_a_first_start_ends_with_recommendations_made_by_airflows_own_runs(run: MakeRun, folder: Path) -> None:
    run.wait_for(UP)
    for task in (
        "download",
        "refine",
        "quality",
        "choose_run",
        "assemble",
        "rank",
        "evaluate",
        "gate",
        "publish",
        "promote",
    ):
        assert re.search(rf"news_(data|training) +{task} +success", run.output), task
    for segment in SEGMENT_NAMES:
        assert f"train [{segment}]" in run.output
        assert re.search(rf"  {segment} user, answered by .+:\n    1\. .+\n    2\. .+\n    3\. .+\n", run.output)
    credentials = json.loads((folder / ".pauta" / "credentials.json").read_text())
    assert f"login admin, password {credentials['admin_password']}" in run.output
    release = httpx.get(f"{run.api}/model", timeout=PATIENCE_SECONDS).json()
    assert (folder / "data" / "news" / "refined" / release["run_id"]).is_dir()
    run.wait_for("students: serving release")
    assert re.search(r"students_training +promote +success", run.output)
    assert httpx.get(f"{run.api}/ready?use_case=students", timeout=PATIENCE_SECONDS).is_success
    assert started_a_training(run, credentials)  # last, because the next test needs a run that the stop interrupts

    assert run.stop(signal.SIGTERM) == 0
    assert run.output.endswith("everything is stopped\n")
    assert marked(folder) == []
    assert not Path("/proc", str(run.process.pid)).exists()


def started_a_training(run: MakeRun, credentials: dict[str, str]) -> bool:
    """Whether the API, with the admin token, may start a training through Airflow."""
    login = {"username": "admin", "password": credentials["admin_password"]}
    token = httpx.post(f"{run.airflow}/auth/token", json=login, timeout=PATIENCE_SECONDS).json()["access_token"]
    admin = {"Authorization": f"Bearer {credentials['admin_token']}"}
    misspelt = httpx.post(
        f"{run.api}/train", json={"params": {"forse": "promote"}}, headers=admin, timeout=PATIENCE_SECONDS
    )
    assert misspelt.status_code == 422, misspelt.text
    assert "force, run_id" in misspelt.json()["detail"]
    answer = httpx.post(f"{run.api}/train", json={"params": {"force": None}}, headers=admin, timeout=PATIENCE_SECONDS)
    assert answer.is_success, answer.text
    path = f"{run.airflow}/api/v2/dags/news_training/dagRuns/{answer.json()['run_id']}"
    return httpx.get(path, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS).is_success


def test_a_second_start_serves_without_training_and_gives_up_what_the_stop_cut_short(
    run: MakeRun, folder: Path
) -> None:
    run.wait_for("news: serving release")
    assert "news: release" in run.output
    assert "nothing is trained" in run.output
    run.wait_for(UP)
    assert "news_training: run manual__" in run.output
    assert "was cut short by the last stop; marked as failed" in run.output
    assert not re.search(r"news_data +download", run.output)
    assert_a_failed_run_is_told_with_the_task_and_its_message(run, folder)

    assert run.stop(signal.SIGINT) == 0
    assert marked(folder) == []


def assert_a_failed_run_is_told_with_the_task_and_its_message(run: MakeRun, folder: Path) -> None:
    password = json.loads((folder / ".pauta" / "credentials.json").read_text())["admin_password"]
    missing = folder / "nothing-here"
    with closing(AirflowRest(run.airflow, ADMIN, password)) as airflow:
        failing = airflow.trigger("news_data", {"source": "local", "source_path": str(missing)})
        with pytest.raises(RunFailedError) as caught:
            follow(ComponentGroup(), airflow, "news_data", failing)
    told = str(caught.value)
    assert re.fullmatch(rf"news_data failed at download:\n    \w+Error: .*{re.escape(str(missing))}.*", told), told


def test_a_second_supervisor_in_the_same_place_is_refused(folder: Path) -> None:
    (folder / ".pauta").mkdir(exist_ok=True)
    with (folder / ".pauta" / "lock").open("a+") as lock:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        late = MakeRun(folder)
        assert late.process.wait(timeout=PATIENCE_SECONDS) == 1
        late.clear()
    assert "Pauta is already running" in late.output
    assert "everything is stopped" not in late.output
