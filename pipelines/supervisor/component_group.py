"""All components together: restarts those that end unexpectedly, and leaves nothing running at the end."""

import time
from collections.abc import Callable
from typing import TypeVar

from pipelines.supervisor.component import Component
from pipelines.supervisor.console import say
from pipelines.supervisor.linux_processes import end_descendants, reap_orphans
from script_shared.errors import UnavailableError

T = TypeVar("T")
POLL_SECONDS = 0.2
GRACE_SECONDS = 10.0


class ComponentGroup:
    """The components that run, in the order in which they were started.

    Attributes:
        components: the ones that should be running now.
        started: whether anything was ever started.
    """

    def __init__(self) -> None:
        self.components: list[Component] = []
        self.started = False

    def start(self, component: Component) -> None:
        self.started = True
        component.start()
        self.components.append(component)

    def run_once(self, component: Component) -> None:
        """Run a program to its end, while watching the others.

        Raises:
            UnavailableError: it failed; the message ends with its last lines.
        """
        self.start(component)
        try:
            while component.exit_code is None:
                self.watch(except_for=component)
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
            if component is except_for or component.exit_code is None:
                continue
            code = component.exit_code
            reap_orphans({each.pid for each in self.components})
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
        while not (answer := _ask(ready)):
            if time.monotonic() > deadline:
                logs = ", ".join(str(component.log) for component in self.components)
                raise UnavailableError(f"{what} took longer than {seconds:.0f} s.", fix=f"See the logs: {logs}.")
            self.watch()
            time.sleep(every)
        return answer

    def stop(self) -> list[int]:
        """Send SIGTERM to all; kill what is left when the patient ones have ended, or after the grace.

        Returns:
            ids of the processes that are still there, which is none unless the kernel cannot end them.
        """
        for component in self.components:
            component.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and any(each.exit_code is None for each in self.components if each.patient):
            time.sleep(0.05)
        return end_descendants(grace=0.0)


def _ask(ready: Callable[[], T | None]) -> T | None:
    """The answer; None while the component is restarting."""
    try:
        return ready()
    except UnavailableError:
        return None
