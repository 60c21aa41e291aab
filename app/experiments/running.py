"""The experiments that run now; each process reads them twice a second, from the database of the event log."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from script_shared.audit.trail import AuditTrail
from script_shared.errors import PautaError, UnavailableError
from script_shared.events import EventLog
from script_shared.experiments.decision import decision_of
from script_shared.experiments.experiment import Experiment
from script_shared.experiments.file import read_experiments
from script_shared.experiments.stored import StoredExperiment

SECONDS = 0.4  # between two reads, so that a change holds everywhere within a second
BY_FILE = "experiments file"
Follower = Callable[[Sequence[StoredExperiment]], None]
log = logging.getLogger("pauta.experiments")


class RunningExperiments:
    """Follows the experiments. While the database is unreachable, those that are known go on.

    Args:
        events: the log whose database holds them.
        audit: the record of decisions, for changes that come from a file.
        file: whose experiments are to run, None where the API alone changes them.
    """

    def __init__(self, events: EventLog, audit: AuditTrail, file: Path | None) -> None:
        self._table, self._audit, self._file = events.experiments, audit, file
        self.checks: dict[str, Callable[[Experiment], None]] = {}
        self._followers: dict[str, Follower] = {}
        self._now: dict[str, tuple[StoredExperiment, ...]] = {}
        self._head, self._file_ns = -1, -1
        self._reading = asyncio.Lock()

    @property
    def from_file(self) -> bool:
        """Whether a file decides, and the API changes nothing."""
        return self._file is not None

    def of(self, use_case: str) -> tuple[StoredExperiment, ...]:
        """The running experiments of a use case."""
        return self._now.get(use_case, ())

    def follow(self, use_case: str, follower: Follower) -> None:
        """Call ``follower`` on the event loop with the running experiments of a use case, now and after each change."""
        self._followers[use_case] = follower
        follower(self.of(use_case))

    def check(self, experiment: Experiment) -> None:
        """Ask the use case whether it can serve an experiment.

        Raises:
            PautaError: it cannot.
        """
        if (check := self.checks.get(experiment.use_case)) is not None:
            check(experiment)

    async def watch(self) -> None:
        """Read again and again; ends when cancelled."""
        failed = ""
        while True:
            try:
                await self.read()
                failed = ""
            except PautaError as error:
                if error.log_text != failed:
                    log.warning("experiments cannot be read: %s", error.log_text)
                failed = error.log_text
            except Exception as error:
                if (text := f"{type(error).__name__}: {error}") != failed:
                    log.error("experiments cannot be read: %s", text, exc_info=error)
                    failed = text
            await asyncio.sleep(SECONDS)

    async def refresh(self) -> None:
        """Read again, after this process changed an experiment; a failure does not undo the change."""
        try:
            await self.read()
        except PautaError as error:
            log.warning("changed experiments cannot be read yet: %s", error.log_text)

    async def read(self) -> None:
        """Read once, and hand the changes to the use cases.

        Raises:
            UnavailableError: the database is unreachable.
        """
        async with self._reading:
            await asyncio.to_thread(self._take_file)
            head, found = await asyncio.to_thread(self._newer)
            if head != self._head:
                self._head = head
                self._hand_out(found)

    def _newer(self) -> tuple[int, list[StoredExperiment]]:
        head = self._table.head()
        return head, self._table.current() if head != self._head else []

    def _hand_out(self, found: Sequence[StoredExperiment]) -> None:
        running = [each for each in found if each.state == "running"]
        for use_case in {*self._now, *(each.experiment.use_case for each in running)}:
            mine = tuple(each for each in running if each.experiment.use_case == use_case)
            if mine != self._now.get(use_case, ()):
                self._now[use_case] = mine
                for each in mine:
                    log.info("experiment %s of %s runs in version %d", each.name, use_case, each.version)
                if (follower := self._followers.get(use_case)) is not None:
                    follower(mine)

    def _take_file(self) -> None:
        if self._file is None:
            return
        try:
            changed_ns = self._file.stat().st_mtime_ns
        except OSError:
            changed_ns = 0
        if changed_ns == self._file_ns:
            return
        try:
            experiments = read_experiments(self._file)
            for experiment in experiments:
                self.check(experiment)
            changes = self._table.follow_file(experiments, BY_FILE)
        except PautaError as error:
            log.error("the experiments of %s do not take effect: %s", self._file.name, error.log_text)
            if not isinstance(error, UnavailableError):
                self._file_ns = changed_ns
            return
        self._file_ns = changed_ns
        for change in changes:
            self._audit.record(decision_of(change.before, change.after, "service"))
