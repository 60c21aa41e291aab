"""A release of a use case and its service on one core, for benchmarks of its routes over HTTP."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from script_shared.addresses import sqlite_address
from tests.benchmarks.measure import measure


def trained_release(work: Path, use_case: str, options: Sequence[str] = ()) -> dict[str, str]:
    """Settings of the API; if the folder has no release, one is generated, trained and promoted first.

    Args:
        options: of ``python -m pipelines <use case>``.
    """
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    env = {f"PAUTA_{name}": str(work / folder) for name, folder in places.items()}
    env |= {"PAUTA_USE_CASES": use_case, "PAUTA_MLFLOW_URI": "off", "OPENBLAS_NUM_THREADS": "1"}
    env |= {"PAUTA_EVENTS_URI": sqlite_address(work / "events.db")}
    if not (work / "models").exists():
        command = [sys.executable, "-m", "pipelines", use_case, "--force", "promote", *options]
        measure(command, {**os.environ, **env})
    return env


@contextmanager
def one_core(pid: int, others: Sequence[int] = ()) -> Iterator[psutil.Process]:
    """A server on the first core; this process and others on the other cores."""
    process, cores = psutil.Process(pid), psutil.cpu_count() or 1
    process.cpu_affinity([0])
    for other in (psutil.Process(), *map(psutil.Process, others)):
        other.cpu_affinity(list(range(1, cores)) or [0])
    yield process
    psutil.Process().cpu_affinity(list(range(cores)))


def cpu_seconds(process: psutil.Process) -> float:
    """CPU that a process has used."""
    return float(sum(process.cpu_times()[:2]))


def wait_until_idle(process: psutil.Process) -> None:
    """Return after a process has been almost idle for two seconds."""
    before = float("-inf")
    while (now := cpu_seconds(process)) - before > 0.2:
        before = now
        time.sleep(2)
