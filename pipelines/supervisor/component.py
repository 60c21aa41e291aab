"""One long-running program of the stack: started, looked at, started again a few times, stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from script_shared.errors import UnavailableError
from script_shared.parent import end_with_parent

RESTARTS = 3
WITHIN_SECONDS = 600.0


@dataclass
class Component:
    """A program and its process.

    Attributes:
        name: what people call it.
        command: program and arguments.
        environment: all of its environment variables.
        patient: whether stopping waits for it to end cleanly; components without state are killed instead.
        nice: its niceness, as in nice(1).
        log: file that takes its output; the one of the start before is kept beside it as ``<name>.1``.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    patient: bool = True
    nice: int = 0
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it in its own session; it gets SIGTERM when the supervisor dies."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if not self.deaths and self.log.exists():
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(self._begin, os.getpid()),  # one thread: nothing can hold a lock here
            )

    def _begin(self, parent: int) -> None:
        end_with_parent(parent)
        os.nice(self.nice)

    @property
    def pid(self) -> int:
        """Its process id, or 0 before the first start."""
        return self.process.pid if self.process else 0

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or before it was started."""
        return self.process.poll() if self.process else None

    def ask_to_stop(self) -> None:
        """SIGTERM to its main process, which ends its own children."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def note_death(self) -> int:
        """Count an unexpected end; returns the number of recent ones.

        Raises:
            UnavailableError: it ended too often to be started again; the message ends with its last lines.
        """
        now = time.monotonic()
        self.deaths = [each for each in self.deaths if now - each < WITHIN_SECONDS] + [now]
        if len(self.deaths) > RESTARTS:
            raise self.failure(f"ended {len(self.deaths)} times")
        return len(self.deaths)

    def failure(self, what: str) -> UnavailableError:
        """The error of a component, with the end of its log."""
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        last = "\n".join(f"    {line}" for line in lines)
        message = f"{self.name} {what} (exit code {self.exit_code}). Its last lines:\n{last}\n"
        return UnavailableError(message, fix=f"The whole log is {self.log}.")
