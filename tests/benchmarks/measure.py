"""Measures a command: wall seconds, CPU seconds and the peak memory of its whole process tree."""

import contextlib
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 1024 * 1024
PAUSE = 25  # times as long as it takes to read the memory, so that this costs the steps at most 4 % of one core


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes:
        wall: seconds from start to end.
        cpu: user and system seconds of all its processes.
        peak_mb: highest sum of proportional memory (PSS) over its processes, in MB, sampled up to ten times a second.
        output: what it printed to stdout.
    """

    wall: float
    cpu: float
    peak_mb: float
    output: str


def measure(command: list[str], env: dict[str, str]) -> Measured:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before, started = os.times(), time.perf_counter()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    peak, seen = [0.0], dict[int, float]()
    watcher = threading.Thread(target=_watch, args=(child.pid, peak, seen), daemon=True)
    watcher.start()
    output, _ = child.communicate()
    watcher.join()
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.perf_counter() - started, max(cpu, sum(seen.values())), peak[0], output)


def _watch(pid: int, peak: list[float], seen: dict[int, float]) -> None:
    """Note the highest memory, and the CPU seconds of each process: some end, and no process waits for them."""
    while psutil.pid_exists(pid):
        started, processes = time.thread_time(), _tree(pid)
        peak[0] = max(peak[0], _memory_mb(processes))
        for process in processes:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                seen[process.pid] = times.user + times.system
        time.sleep(max(0.1, PAUSE * (time.thread_time() - started)))  # reading the memory of large processes takes long


def tree_mb(pid: int) -> float:
    """Memory of a process and its children: private plus a fair share of shared pages, in MB; 0 once it is gone."""
    return _memory_mb(_tree(pid))


def tree_cpu(pid: int) -> float:
    """User and system seconds of a process and its children until now, ended ones included that were waited for."""
    total = 0.0
    for process in _tree(pid):
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])  # user, system, and both of ended children
    return total


def _memory_mb(processes: list[psutil.Process]) -> float:
    total = 0
    for process in processes:
        try:
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            continue  # it ended meanwhile
        total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def _tree(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
