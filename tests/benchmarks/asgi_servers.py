"""The API under other ASGI servers: requests a second, time, and CPU of each request.

``python -m tests.benchmarks.asgi_servers --python venv/bin/python`` needs wrk, and an environment with the packages of
``requirements.txt``, hypercorn and granian. Each server is one process on one core, with the same release and requests.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.benchmarks import wrk
from tests.benchmarks.one_core import one_core, trained_release
from tests.benchmarks.scale import machine, wait_ready
from tests.benchmarks.schedule import Planned
from tests.benchmarks.servers import free_port

APP = "app.main:default_app"
SECONDS, CONNECTIONS, ROUNDS = 10.0, 16, 3
USERS = 2_000
SERVERS = {
    "guarded class on uvicorn": ["-m", "app", "--port", "{port}"],
    "uvicorn, httptools": [
        "-m",
        "uvicorn",
        "--factory",
        APP,
        "--port",
        "{port}",
        "--http",
        "httptools",
        "--no-access-log",
    ],
    "uvicorn, h11": ["-m", "uvicorn", "--factory", APP, "--port", "{port}", "--http", "h11", "--no-access-log"],
    "hypercorn": ["-m", "hypercorn", "--bind", "127.0.0.1:{port}", "-k", "uvloop", f"{APP}()"],
    "granian": ["-m", "granian", "--interface", "asgi", "--factory", "--port", "{port}", "--loop", "uvloop", APP],
}


def main() -> int:
    """Measure every server in turn, several rounds, and print the best round of each."""
    args = _arguments()
    if problem := wrk.missing():
        print(problem, file=sys.stderr)
        return 1
    work: Path = args.work.absolute()
    env = {**os.environ, **trained_release(work, "news", ["--source", "sample"])}
    plans: dict[str, list[Planned]] = {
        "lists": [("GET", f"/recommendations?user_id=u{number}&num_recs=10", None) for number in range(USERS)],
        "health": [("GET", "/health", None)],
    }
    print(f"{machine()}, load {os.getloadavg()[1]:.1f}\n")
    print(f"{'server':<26}{'request':<9}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'failed':>8}")
    for name, plan in plans.items():
        for server, command in SERVERS.items():
            rounds = [_measure(args.python, command, env, work, plan) for _ in range(ROUNDS)]
            best = min(rounds, key=lambda each: each["cpu_ms"])
            row = (f"{best[key]:>8.2f}" for key in ("p50", "p99", "cpu_ms"))
            print(f"{server:<26}{name:<9}{best['per_second']:>8.0f}{''.join(row)}{best['failed']:>8}", flush=True)
    return 0


def _measure(python: str, command: list[str], env: dict[str, str], work: Path, plan: list[Planned]) -> dict[str, float]:
    """One round of one server; ``cpu_ms`` is its CPU time for each request."""
    with _server(python, command, env) as (port, pid), one_core(pid) as process:
        wrk.most(port, plan, work, seconds=2, connections=CONNECTIONS, run="warm")
        before = _cpu(process)
        result = wrk.most(port, plan, work, seconds=SECONDS, connections=CONNECTIONS, run="measure")
        return {**result, "cpu_ms": 1000 * (_cpu(process) - before) / result["requests"]}


def _cpu(process: psutil.Process) -> float:
    """Seconds of CPU of a process and its children so far."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


@contextmanager
def _server(python: str, command: list[str], env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Port and process id of a started server."""
    port = free_port()
    process = subprocess.Popen(
        [python, *(part.format(port=port) for part in command)],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_ready(f"http://127.0.0.1:{port}", time.perf_counter())
        time.sleep(1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="interpreter of the environment (default: this one)")
    parser.add_argument("--work", type=Path, default=Path(".pauta/asgi-servers"), help="folder, kept for later runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
