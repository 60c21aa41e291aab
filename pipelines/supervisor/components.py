"""The programs of the stack: restarts those that end unexpectedly, and leaves nothing running at the end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from pipelines.supervisor.console import say
from pipelines.supervisor.linux_processes import end_descendants, reap_orphans
from script_shared.errors import UnavailableError
from script_shared.parent import end_with_parent

T = TypeVar("T")
RESTARTS = 3
WITHIN_SECONDS = 600.0
POLL_SECONDS = 0.2
GRACE_SECONDS = 10.0
LAST_LINES = 15


@dataclass
class Component:
    """A program and its process.

    Attributes:
        name: what people call it.
        command: program and arguments.
        environment: all of its environment variables.
        log: file that takes its output; the one of the start before is kept beside it as ``<name>.1``.
        patient: whether stopping waits for it to end cleanly; components without state are killed instead.
        nice: its niceness, as in nice(1).
        process: the latest start.
        deaths: when it ended unexpectedly, within the last ``WITHIN_SECONDS``.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    patient: bool = True
    nice: int = 0
    process: subprocess.Popen[bytes] = field(init=False)
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
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll()

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
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        last = "\n".join(f"    {line}" for line in lines)
        message = f"{self.name} {what} (exit code {self.exit_code}). Its last lines:\n{last}\n"
        return UnavailableError(message, fix=f"The whole log is {self.log}.")


class ComponentGroup:
    """The components that should be running now, in the order in which they were started."""

    def __init__(self) -> None:
        self.components: list[Component] = []

    def start(self, component: Component) -> None:
        component.start()
        self.components.append(component)

    def run_once(self, component: Component, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Run a program to its end, while watching the others.

        Args:
            component: the program.
            meanwhile: called again and again until it ends.

        Raises:
            UnavailableError: it failed; the message ends with its last lines.
        """
        self.start(component)
        try:
            while component.exit_code is None:
                self.watch(except_for=component)
                meanwhile()
                time.sleep(POLL_SECONDS)
        finally:
            self.components.remove(component)
        if component.exit_code:
            raise component.failure("failed")

    def watch(self, except_for: Component | None = None) -> None:
        """Start again what has ended.

        Raises:
            UnavailableError: a component ended too often.
        """
        for component in self.components:
            code = component.exit_code
            if component is except_for or code is None:
                continue
            reap_orphans({each.process.pid for each in self.components})
            count = component.note_death()
            say(f"{component.name} ended by itself (exit code {code}); starting it again ({count})")
            component.start()

    def wait_for(self, what: str, ready: Callable[[], T | None], seconds: float, *, every: float = POLL_SECONDS) -> T:
        """Ask until the answer is something, while watching the components.

        Args:
            what: what is waited for, as the beginning of a sentence.
            ready: gives nothing as long as it is not there, or raises UnavailableError.
            seconds: how long to wait at most.
            every: seconds between two questions.

        Raises:
            UnavailableError: it took longer than ``seconds``, or a component ended too often.
        """
        deadline = time.monotonic() + seconds
        while True:
            with suppress(UnavailableError):
                if answer := ready():
                    return answer
            if time.monotonic() > deadline:
                logs = ", ".join(str(component.log) for component in self.components)
                raise UnavailableError(f"{what} took longer than {seconds:.0f} s.", fix=f"See the logs: {logs}.")
            self.watch()
            time.sleep(every)

    def stop(self) -> list[int]:
        """Send SIGTERM to all; kill what is left when the patient ones have ended, or after the grace.

        Returns:
            ids of the processes that are still there, which is none unless the kernel cannot end them.
        """
        for component in self.components:
            component.process.send_signal(signal.SIGTERM)  # to its main process, which ends its own children
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and any(each.exit_code is None for each in self.components if each.patient):
            time.sleep(0.05)
        return end_descendants(grace=0.0)
