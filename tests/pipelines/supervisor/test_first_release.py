"""`make run` makes the first release of each use case through Airflow, one after the other, and reports each."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.registry import find
from pipelines.supervisor.airflow import AirflowRest
from pipelines.supervisor.api import ApiRest
from pipelines.supervisor.components import ComponentGroup
from pipelines.supervisor.first_release import FirstRelease, RunFailedError, promoted_releases
from script_shared.releases import open_releases
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings

ENTRY = "tests.fourth_use_case.entry:LOANS"
Made = Callable[[], list[FirstRelease]]


class Doubles:
    """Airflow, whose runs end at once, and the API, which serves what they promoted.

    Attributes:
        failing: DAGs whose runs fail.
        refusing: use cases whose candidate the gate refuses.
        happened: runs as they were started, and looks for a release.
    """

    def __init__(self) -> None:
        self.failing, self.refusing = set[str](), set[str]()
        self.happened: list[str] = []
        self.address = ""

    def answer(self, path: str, query: dict[str, list[str]], *, post: bool) -> Any:
        if path == "/ready":
            use_case = query["use_case"][0]
            self.happened.append(f"{use_case} served")
            return {"release": f"{use_case}-1", "clock": {"mode": "wall", "why": "It is fresh."}}
        if path == "/auth/token":
            return {"access_token": "token"}
        found = re.fullmatch(r"/api/v2/dags/(\w+?)_(data|training)(/.*)?", path)
        assert found is not None, path
        use_case, kind, rest = found.groups()
        if rest is None:
            return {"is_stale": False}
        if post:
            self.happened.append(f"{use_case}_{kind}")
            return {"dag_run_id": "data-1"}
        return self._of_runs(use_case, kind, rest)

    def _of_runs(self, use_case: str, kind: str, rest: str) -> dict[str, Any]:
        dag = f"{use_case}_{kind}"
        if rest == "/dagRuns":
            started = f"{use_case}_data" in self.happened
            return {"dag_runs": [{"dag_run_id": "training-1"}] if started else []}
        if rest.endswith("/taskInstances"):
            state = "failed" if dag in self.failing else "skipped" if use_case in self.refusing else "success"
            task = {"dag_id": dag, "dag_run_id": "r", "task_id": "promote" if kind == "training" else "refine"}
            more = {"rendered_map_index": None, "map_index": -1, "state": state, "duration": 1.0, "try_number": 1}
            return {"task_instances": [task | more]}
        if rest.endswith("/return_value"):
            return {"value": {"version": "v1", "reason": "worse than popularity"}}
        if "/logs/" in rest:
            return {"content": ["the file is empty"]}
        return {"state": "failed" if dag in self.failing else "success"}


@pytest.fixture
def doubles() -> Iterator[Doubles]:
    given = Doubles()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(post=False)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(post=True)

        def _answer(self, *, post: bool) -> None:
            asked = urlsplit(self.path)
            body = json.dumps(given.answer(asked.path, parse_qs(asked.query), post=post)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        given.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield given
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(use_cases=f"{ENTRY},students", models_uri=str(tmp_path / "models"), data_dir=tmp_path / "data")


@pytest.fixture
def made(settings: Settings, doubles: Doubles) -> Iterator[Made]:
    """The first releases of the instance as a start finds them."""
    with ExitStack() as open_clients:
        api = open_clients.enter_context(closing(ApiRest(doubles.address)))
        airflow = open_clients.enter_context(closing(AirflowRest(doubles.address, "admin", "")))

        def make() -> list[FirstRelease]:
            return [
                FirstRelease(find(settings, name), settings, ComponentGroup(), api, airflow, version)
                for name, version in promoted_releases(settings).items()
            ]

        yield make


def test_each_use_case_is_trained_and_served_before_the_next_one_begins(
    made: Made, doubles: Doubles, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = made()
    first.make()
    second.make_or_say()
    assert doubles.happened == ["loans_data", "loans served", "students_data", "students served"]
    said = capsys.readouterr().out
    assert "loans: making the first release from the source 'csv'" in said
    assert "loans: serving release loans-1 on wall time. It is fresh." in said
    assert "students: serving release students-1" in said


def test_a_use_case_with_a_release_is_not_trained(
    made: Made, settings: Settings, doubles: Doubles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "model.txt").write_text("a model")
    releases = open_releases(settings, "students")
    releases.publish(tmp_path / "release", "s1")
    releases.promote("s1", "test")
    assert promoted_releases(settings) == {"loans": "", "students": "s1"}
    _, second = made()
    second.make_or_say()
    assert doubles.happened == ["students served"]
    assert "students: release s1 was promoted earlier: nothing is trained" in capsys.readouterr().out


def test_a_failure_of_the_first_ends_the_start_and_one_of_another_is_said(
    made: Made, doubles: Doubles, capsys: pytest.CaptureFixture[str]
) -> None:
    doubles.failing = {"loans_data", "students_training"}
    first, second = made()
    with pytest.raises(RunFailedError, match="loans_data failed at refine:\n    the file is empty"):
        first.make()
    second.make_or_say()
    assert "students has no release. students_training failed at promote" in capsys.readouterr().out


def test_a_start_waits_for_files_where_the_first_use_case_has_none_yet(
    made: Made, settings: Settings, doubles: Doubles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doubles.failing = {"loans_data", "students_data"}
    first, second = made()
    with pytest.raises(RunFailedError):
        first.make_or_wait()  # no folder is watched: nothing would ever start its next run
    own = UseCaseSettings(source="workbooks", source_path=tmp_path / "sheets")
    watching = settings.model_copy(update={"by_use_case": {"students": own}})
    replace(second, settings=watching).make_or_wait()
    said = capsys.readouterr().out
    assert "students has no release. students_data failed at refine:\n    the file is empty" in said
    assert f"students: its next run starts when files arrive at {tmp_path / 'sheets'}" in said


def test_a_refused_candidate_names_the_command_that_serves_it_anyway(made: Made, doubles: Doubles) -> None:
    doubles.refusing = {"loans"}
    first, _ = made()
    with pytest.raises(RunFailedError, match="releases --use-case loans promote v1 --reason") as caught:
        first.make()
    assert "worse than popularity" in str(caught.value)
