"""Servers of the serving benchmark, each started as a person would and ended with the block."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from script_shared.events import EventLog, Kind
from tests.benchmarks.library_app import FOLDER
from tests.benchmarks.scale import wait_ready

PATIENCE_SECONDS = 120.0
PROMOTE = """
import os, sys
from script_shared.releases import Releases
os.nice(10)
releases = Releases(sys.argv[1])
releases.verify(sys.argv[2])
print(flush=True)
if sys.stdin.readline():
    releases.promote(sys.argv[2], "benchmark")
"""
TOKEN = "token-of-the-benchmarks"  # of the operations routes


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    port: int
    pid: int
    workers: int
    env: dict[str, str]
    ready_seconds: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processes(self) -> list[int]:
        """Ids of the processes that answer."""
        if self.workers == 1:
            return [self.pid]
        children = psutil.Process(self.pid).children()
        return [child.pid for child in children if "resource_tracker" not in " ".join(child.cmdline())]

    def clients(self) -> dict[int, httpx.Client]:
        """A connection to every process that answers, by process id."""
        found: dict[int, httpx.Client] = {}
        until = time.monotonic() + PATIENCE_SECONDS
        while len(found) < self.workers and time.monotonic() < until:
            client = httpx.Client(base_url=self.address, timeout=20, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = client.get("/info")
            pid = answer.json()["process"] if answer.status_code == 200 else -1
            if answer.json().get("release") is None or pid in found:
                client.close()
                time.sleep(0.02)
            else:
                found[pid] = client
        return found

    def settle(self, release: str | None = None) -> None:
        """Returns once every process has folded the whole log, and serves the release."""
        log = EventLog(self.env["PAUTA_EVENTS_URI"])
        until = time.monotonic() + PATIENCE_SECONDS
        for client in self.clients().values():
            while not _settled(client, log, release):
                if time.monotonic() > until:
                    raise TimeoutError("a process did not fold the whole log in time")
                time.sleep(0.1)
            client.close()
        log.close()


def _settled(client: httpx.Client, log: EventLog, release: str | None) -> bool:
    if release and client.get("/info").json()["release"] != release:
        return False
    position = client.get("/live").raise_for_status().json()["position"]
    return not log.tail(position, 1, without=(Kind.SERVED,))  # which nobody folds


@contextmanager
def api(
    env: dict[str, str], workers: int, patience_seconds: float = 60.0, checkout: Path | None = None
) -> Iterator[Server]:
    """The service, of this checkout or of another one. Its bytecode is compiled before, as in an image."""
    port = free_port()
    subprocess.run([sys.executable, "-m", "compileall", "-q", "app", "script_shared"], cwd=checkout, check=True)
    with _running(
        [sys.executable, "-m", "app", "--port", str(port), "--workers", str(workers)],
        {**env, "PAUTA_ADMIN_TOKEN": TOKEN},
        checkout,
    ) as (pid, start):
        yield Server(port, pid, workers, env, wait_ready(f"http://127.0.0.1:{port}", start, patience_seconds))


@contextmanager
def promoter(uri: str, version: str) -> Iterator[Callable[[], None]]:
    """A call that has a release promoted by another process, which has started before, at a pipeline's low priority."""
    command = [sys.executable, "-c", PROMOTE, uri, version]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield lambda: print(file=process.stdin, flush=True)


@contextmanager
def library(env: dict[str, str], folder: Path) -> Iterator[Server]:
    """The baseline, see ``library_app``."""
    port = free_port()
    serve = ["uvicorn", "--factory", "tests.benchmarks.library_app:make", "--loop", "uvloop", "--http", "httptools"]
    command = [sys.executable, "-m", *serve, "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with _running(command, {**env, FOLDER: str(folder)}) as (pid, start):
        yield Server(port, pid, 1, env, _wait_answer(port, start))


@contextmanager
def _running(command: list[str], env: dict[str, str], folder: Path | None = None) -> Iterator[tuple[int, float]]:
    start = time.perf_counter()
    server = subprocess.Popen(command, env={**os.environ, **env, "PYTHONDONTWRITEBYTECODE": ""}, cwd=folder)
    try:
        yield server.pid, start
    finally:
        server.terminate()
        server.wait(30)


def _wait_answer(port: int, start: float) -> float:
    while (seconds := time.perf_counter() - start) < PATIENCE_SECONDS:
        try:
            httpx.get(f"http://127.0.0.1:{port}/recommendations", timeout=20).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)  # not listening yet
        else:
            return seconds
    raise TimeoutError("the server did not answer in time")


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
