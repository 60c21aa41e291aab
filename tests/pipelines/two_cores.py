"""A machine with two cores, and the processes that were started for the second one."""

from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from pipelines.processes import new_processes, other_core


def two_cores(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the functions that other processes run from now on."""
    started: list[str] = []

    class NotedPool(ProcessPoolExecutor):
        def submit(self, function: Any, *args: Any, **options: Any) -> Any:
            started.append(function.__name__)
            return super().submit(function, *args, **options)

    monkeypatch.setattr(new_processes, "ProcessPoolExecutor", NotedPool)
    monkeypatch.setattr(other_core.os, "sched_getaffinity", lambda _: {0, 1})
    return started
