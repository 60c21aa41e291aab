"""A real cluster of Spark on the loopback address: a master and workers, each a process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

HOST = "127.0.0.1"
PATIENCE = 300.0
DEPLOY = "org.apache.spark.deploy"


@dataclass(frozen=True)
class Cluster:
    """A running cluster.

    Attributes:
        master: its address, as ``PAUTA_SPARK_MASTER`` takes it.
        workers: their processes.
    """

    master: str
    workers: list[subprocess.Popen[bytes]]

    def kill_worker(self, place: int) -> int:
        """Kill a worker, its executors and their Python processes at once, as if its machine were lost.

        Returns:
            how many processes were killed.
        """
        worker = psutil.Process(self.workers[place].pid)
        gone = [*worker.children(recursive=True), worker]
        for process in gone:
            with suppress(psutil.NoSuchProcess):  # it has already ended
                process.kill()
        return len(gone)


@contextmanager
def cluster(work: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a master and workers with one core each; they end with the block."""
    import pyspark

    home = Path(pyspark.__file__).parent
    env = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable}
    command = str(home / "bin" / "spark-class")
    port = _free_port()
    master = f"spark://{HOST}:{port}"
    started = [_start([command, f"{DEPLOY}.master.Master", "--host", HOST, "--port", str(port)], work / "master", env)]
    try:
        _wait_for(port)
        for number in range(workers):
            place = work / f"worker{number}"
            size = ["--cores", "1", "--memory", "1g", "--work-dir", str(place)]
            started.append(_start([command, f"{DEPLOY}.worker.Worker", "--host", HOST, *size, master], place, env))
        yield Cluster(master, started[1:])
    finally:
        for process in reversed(started):
            _end(process)


def _start(command: list[str], place: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    place.mkdir(parents=True)
    with (place / "log").open("wb") as log:
        return subprocess.Popen([*command, "--webui-port", "0"], env=env, stdout=log, stderr=log)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        gone = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        gone = []
    for child in gone:
        if child.is_running():
            child.kill()
    process.kill()
    process.wait(30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as attempt:
            if attempt.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.5)
    raise TimeoutError("the master of Spark did not start")
