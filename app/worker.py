"""The worker processes: if there are several, each is forked from a process that has imported the service."""

import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from socket import socket

from fastapi import FastAPI
from uvicorn._subprocess import subprocess_started
from uvicorn.config import Config
from uvicorn.supervisors import multiprocess

from app import memory
from app.releases import early_reading
from script_shared import parent
from script_shared.settings import Settings


def worker_app() -> FastAPI:
    """The application in a worker process, which gets SIGTERM when its parent ends; what is large is imported later."""
    parent.end_with_named_parent()
    from app.main import default_app

    return default_app()


def preload(settings: Settings) -> None:
    """Import the service and create its routes once, for all processes that are forked from this one.

    They share this memory as long as they do not write to it, so the garbage collector must not write to it either.

    Args:
        settings: name the use cases.

    Raises:
        SettingsError: a use case that the settings choose cannot be imported.
    """
    memory.import_lightgbm()
    import uvloop  # noqa: F401

    from app.main import routes_of
    from app.registry import use_cases

    routes_of(use_cases(settings))
    early_reading.end()
    memory.keep_imports()


def fork_workers() -> None:
    """Make uvicorn fork its worker processes. Outside Linux, it starts new interpreters, which is its default."""
    if sys.platform == "linux":
        multiprocess.Process = ForkedProcess  # type: ignore[misc]


class ForkedProcess(multiprocess.Process):
    """A uvicorn worker process that shares the memory of its parent.

    Args:
        config: uvicorn's configuration.
        sockets: the process listens on them.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self.process = get_context("fork").Process(  # type: ignore[assignment]
            target=_run, args=(config, self.target, sockets)
        )

    def start(self) -> None:
        """Fork; signals wait until the process has its own handlers, so none is lost."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, multiprocess.SIGNALS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(config: Config, target: Callable[..., None], sockets: list[socket]) -> None:
    """Run in the forked process: replace the parent's signal handlers by the defaults, then serve."""
    for number in multiprocess.SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, multiprocess.SIGNALS)
    subprocess_started(config, target, sockets, None)
