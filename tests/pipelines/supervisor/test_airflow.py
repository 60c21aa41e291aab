"""What the supervisor makes of Airflow's answers, and of answers that are not Airflow's."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipelines.supervisor.airflow import AirflowRest, essence
from pipelines.supervisor.api import ApiRest

WELL = {name: {"status": "healthy"} for name in ("metadatabase", "scheduler", "dag_processor")}


class Answers:
    """A server that gives the same answer to every question."""

    def __init__(self) -> None:
        self.status, self.body, self.address = 200, b"", ""

    def healthy(self) -> bool:
        with closing(AirflowRest(self.address, "admin", "")) as airflow:
            return airflow.healthy()


@pytest.fixture
def answers() -> Iterator[Answers]:
    given = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(given.status)
            self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            self.wfile.write(given.body)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        given.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield given
        server.shutdown()
        thread.join()


def test_airflow_is_healthy_when_its_parts_say_so(answers: Answers) -> None:
    answers.body = json.dumps(WELL | {"triggerer": {"status": None}}).encode()
    assert answers.healthy()


@pytest.mark.parametrize(
    "health",
    [
        {"status": "alive"},
        [],
        None,
        "healthy",
        WELL | {"scheduler": {"status": "unhealthy"}},
        WELL | {"scheduler": "healthy"},
        WELL | {"scheduler": {}},
    ],
)
def test_any_other_answer_is_not_healthy(answers: Answers, health: Any) -> None:
    answers.body = json.dumps(health).encode()
    assert not answers.healthy()


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (404, json.dumps(WELL).encode()), (200, b"\xff")])
def test_an_answer_that_is_no_report_is_not_healthy(answers: Answers, status: int, body: bytes) -> None:
    answers.status, answers.body = status, body
    assert not answers.healthy()


@pytest.mark.parametrize("body", [b"[]", b"{}", b"null", b"<html>"])
def test_a_server_that_is_not_the_api_has_no_release(answers: Answers, body: bytes) -> None:
    answers.body = body
    with closing(ApiRest(answers.address)) as api:
        assert api.readiness("news") is None


def entry(event: str, *errors: tuple[str, str]) -> dict[str, Any]:
    details = [{"exc_type": kind, "exc_value": value} for kind, value in errors]
    return {"event": event} | ({"error_detail": details} if details else {})


NOISE = [{"event": "", "sources": ["attempt=1.log"]}, entry("::group::Pre Execute"), entry("DAG bundles loaded")]


def test_of_an_error_raised_on_purpose_only_its_own_lines_are_shown() -> None:
    failed = entry("Task failed", ("SourceError", "no file.\nName it."), ("OSError", "errno 2"))
    assert essence([*NOISE, failed, entry("Retry policy decision")]) == ["SourceError: no file.", "Name it."]


def test_of_another_error_the_end_of_the_log_is_shown() -> None:
    log = [*NOISE, entry("Task failed", ("KeyError", "'x'")), entry("Retry policy decision")]
    assert essence(log) == ["DAG bundles loaded", "Task failed", "KeyError: 'x'", "Retry policy decision"]
    assert essence("\n".join(map(str, range(20)))) == [str(line) for line in range(8, 20)]
