"""Processes that run functions of modules on other cores."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from threading import Lock
from types import ModuleType
from typing import Any

from script_shared.parent import end_with_parent


def new_processes(count: int) -> ProcessPoolExecutor:
    """A pool of new interpreters, because a forked child of a process with Polars' threads can hang.

    Args:
        count: of processes; each ends with the pool, or when this process ends.
    """
    return ProcessPoolExecutor(count, _NewInterpreters(), end_with_parent, (os.getpid(),))


class _NewInterpreter(SpawnProcess):
    """A process that does not import the main module of this one.

    In a task of Airflow, the main module is Airflow, which cannot be imported again: a task has no access to its
    database. The functions that run here are in modules of their own, so they do not need the main module.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802  the name that multiprocessing calls
        with _empty_main():
            return SpawnProcess._Popen(process_obj)


class _NewInterpreters(SpawnContext):
    Process = _NewInterpreter


_replacing = Lock()  # two threads at once would lose the main module


@contextmanager
def _empty_main() -> Iterator[None]:
    """An empty main module, which a new interpreter does not import."""
    with _replacing:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
