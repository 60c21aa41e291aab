"""A small HTTP server that answers as Airflow 3 does where ``POST /train`` asks it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WRONG_VALUE = """Invalid input for param source: 'elsewhere' is not one of [None, 'sample', 'local']

Failed validating 'enum' in schema:
    {'type': ['null', 'string'], 'enum': [None, 'sample', 'local']}

On instance:
    'elsewhere'"""


@dataclass
class Airflow:
    """What it knows, and what it was asked.

    Attributes:
        token: the one it accepts; changing it is as if the old one had expired.
        dags: the DAGs, each with the names of its params.
    """

    address: str = ""
    password: str = "right"
    token: str = "token-1"
    role: str = "user"
    dags: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"news_training": ("force", "run_id"), "news_data": ("refresh", "source")}
    )
    logins: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def login(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.logins += 1
        if body.get("password") != self.password:
            return 401, {"detail": "Invalid credentials"}
        return 201, {"access_token": self.token}

    def details(self, dag: str, token: str | None) -> tuple[int, dict[str, Any]]:
        if refused := self._refused(dag, token):
            return refused
        return 200, {"dag_id": dag, "params": {name: {"value": None, "schema": {}} for name in self.dags[dag]}}

    def start(self, dag: str, token: str | None, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if refused := self._refused(dag, token):
            return refused
        if self.role == "viewer":
            return 403, {"detail": "Forbidden"}
        if "logical_date" not in body:
            return 422, {"detail": "logical_date: Field required"}
        if body["conf"].get("source", "sample") not in ("sample", "local"):
            return 400, {"detail": WRONG_VALUE}
        self.asked.append((dag, body["conf"]))
        return 200, {"dag_run_id": f"manual__{len(self.asked)}", "state": "queued", "dag_id": dag}

    def _refused(self, dag: str, token: str | None) -> tuple[int, dict[str, Any]] | None:
        if token != self.token:
            return 401, {"detail": "Invalid JWT token"}
        if dag not in self.dags:
            return 404, {"detail": f"The Dag with ID: `{dag}` was not found"}
        return None


@contextlib.contextmanager
def airflow() -> Iterator[Airflow]:
    """The server on a free port, until the block ends."""
    double = Airflow()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, _, _, _, dag, what = self.path.split("/")
            assert what == "details"
            self._answer(*double.details(dag, self._token()))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/auth/token":
                self._answer(*double.login(body))
            else:
                self._answer(*double.start(self.path.split("/")[4], self._token(), body))

        def _token(self) -> str | None:
            scheme, _, token = (self.headers["Authorization"] or "").partition(" ")
            return token if scheme == "Bearer" else None

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield double
        server.shutdown()
        thread.join()
