"""nginx with the stack's own configuration before a stand-in for the API: its errors are problems like the API's."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_SECONDS
from tests.servers import free_port

FOLDER = Path(__file__).parents[2] / "docker" / "proxy"
CONFIG = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed: apt-get install nginx-light")


class Api(BaseHTTPRequestHandler):
    """Answers with the length of what came: /slow when it may, /gone not at all."""

    may_answer = threading.Event()
    seen: list[str]
    traces: list[str | None]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append(f"{self.command} {self.path}")
        self.traces.append(self.headers.get("traceparent"))
        if self.path == "/slow":
            self.may_answer.wait(PATIENCE_SECONDS)
        if self.path.endswith("/gone"):
            self.close_connection = True
            return
        content = json.dumps({"body": len(body), "address": len(self.path)}).encode()
        self.send_response(418 if self.path == "/teapot" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


class Server(ThreadingHTTPServer):
    """Lets as many wait for it as the tests send at once."""

    request_queue_size = 128


@dataclass
class Proxy:
    """nginx on a free port before `Api`, which keeps what reached it in `seen`."""

    port: int
    log: Path
    seen: list[str]

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, Any]:
        """Status, type and JSON of the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), json.loads(answer.read())
        finally:
            connection.close()

    def refusal(self, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
        """The status of an answer that is a problem of the proxy's own."""
        status, kind, problem = self.send(method, path, body, **headers)
        assert (kind, problem["status"], problem["type"]) == ("application/problem+json", status, "about:blank")
        assert problem["title"] == HTTPStatus(status).phrase
        assert problem["detail"].endswith(".")
        assert len(problem["request_id"]) == 32
        return status


def configure(folder: Path, api: int, ports: dict[int, int], trusted: str) -> Path:
    """The stack's configuration with the folder and the ports that it has here, and the API as its two containers."""
    environment = {"PATH": "/usr/bin:/bin", "FRONT": str(folder / "front.conf"), "PAUTA_ROOT_PATH": "/pauta"}
    environment["PAUTA_TRUSTED_PROXIES"] = trusted
    subprocess.run([FOLDER / "start.sh", "true"], env=environment, check=True)
    text = CONFIG.replace("/tmp/", f"{folder}/").replace("/dev/stderr", f"{folder}/log")
    for before, after in ports.items():
        text = text.replace(f"listen {before};", f"listen 127.0.0.1:{after};")
    containers = f"server 127.0.0.1:{api} max_fails=0; " * 2
    (folder / "nginx.conf").write_text(text.replace("http {", f"http {{ upstream api {{ {containers}}}", 1))
    each = (FOLDER / "api.conf").read_text().replace("api:8001", "api")
    (folder / "api.conf").write_text(
        each.replace("_timeout 1s", "_timeout 300s").replace("_timeout 30s", "_timeout 300s")
    )
    return folder / "nginx.conf"


def wait_until_open(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nobody listens on {port}")


@pytest.fixture
def api() -> Iterator[ThreadingHTTPServer]:
    Api.may_answer.clear()
    Api.seen, Api.traces = [], []
    server = Server(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    Api.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(tmp_path: Path, api: ThreadingHTTPServer, request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """A test may name the proxies that are trusted."""
    ports = {port: free_port() for port in (8000, 9090, 9093, 5000)}
    config = configure(tmp_path, api.server_port, ports, getattr(request, "param", ""))
    run_as = " user root;" if os.getuid() == 0 else ""  # pytest makes its folders for their owner alone
    command = [str(NGINX), "-c", str(config), "-e", str(tmp_path / "log"), "-g", f"daemon off;{run_as}"]
    process = subprocess.Popen(command)
    try:
        wait_until_open(ports[8000])
        yield Proxy(ports[8000], tmp_path / "log", Api.seen)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def test_a_body_up_to_the_bound_passes_and_a_larger_one_is_a_problem(proxy: Proxy):
    assert proxy.send("POST", "/events", b"x" * 1_000_000)[2]["body"] == 1_000_000
    assert proxy.refusal("POST", "/events", b"x" * 1_000_001) == 413


def test_an_address_as_long_as_the_api_takes_passes_and_a_longer_one_is_a_problem(proxy: Proxy):
    path = "/recommendations?exclude_ids=" + "x" * 65_000
    assert proxy.send("GET", path)[2]["address"] == len(path)
    assert proxy.refusal("GET", "/recommendations?exclude_ids=" + "x" * 70_000) == 414


def test_a_head_that_is_too_large_is_a_problem(proxy: Proxy):
    assert proxy.send("GET", "/", Cookie="x" * 60_000)[0] == 200
    assert proxy.refusal("GET", "/", Cookie="x" * 70_000) == 431


@pytest.mark.parametrize("path", ["/metrics", "/pauta/metrics", "//metrics"])
def test_the_metrics_of_one_container_are_no_address_of_the_proxy(proxy: Proxy, path: str):
    assert proxy.refusal("GET", path) == 404
    assert proxy.seen == []


def test_an_api_that_does_not_answer_is_a_problem_and_the_log_quotes_no_request(proxy: Proxy, api: ThreadingHTTPServer):
    api.shutdown()
    api.server_close()
    assert proxy.refusal("GET", "/recommendations?user_id=someone") == 502
    assert "someone" not in proxy.log.read_text()


@pytest.mark.parametrize(
    ("proxy", "passes"), [("", False), ("10.0.0.1", False), ("127.0.0.1", True)], indirect=["proxy"]
)
def test_only_a_trusted_proxy_names_the_trace_of_a_request(proxy: Proxy, passes: bool):
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    assert proxy.send("GET", "/", traceparent=trace)[0] == 200
    assert Api.traces == [trace if passes else None]


def test_an_error_of_the_api_passes_unchanged(proxy: Proxy):
    assert proxy.send("GET", "/teapot")[0::2] == (418, {"body": 0, "address": 7})


@pytest.mark.parametrize("path", ["/users/gone", "/sessions/gone", "/events/gone", "/pauta/users/gone"])
def test_a_deletion_whose_answer_was_lost_is_not_sent_again(proxy: Proxy, path: str):
    assert proxy.refusal("DELETE", path) == 502
    assert proxy.seen == [f"DELETE {path}"]


def test_a_list_whose_answer_was_lost_is_requested_again(proxy: Proxy):
    assert proxy.refusal("GET", "/gone") == 502
    assert proxy.seen == ["GET /gone"] * 2


def test_one_address_has_a_bounded_number_of_requests_and_of_large_bodies(proxy: Proxy):
    senders = [threading.Thread(target=proxy.send, args=("POST", "/slow", b"x" * 20_000)) for _ in range(20)]
    for sender in senders:
        sender.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while len(proxy.seen) < 20 and time.monotonic() < until:
        time.sleep(0.02)
    assert proxy.refusal("POST", "/events", b"x" * 20_000) == 503
    assert proxy.send("POST", "/events", b"x" * 2_000)[0] == 200  # a browser's events still pass
    Api.may_answer.set()
    for sender in senders:
        sender.join()
