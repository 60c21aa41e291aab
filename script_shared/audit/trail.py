"""Writes decisions into the record, and checks it."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from script_shared.audit.head import Head
from script_shared.audit.spool import Spool
from script_shared.decisions.configuration import Configuration
from script_shared.decisions.decision import FIRST, Decision, Entry
from script_shared.decisions.kinds import configuration_decision
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.settings import Settings
from script_shared.storage import open_storage

SPOOL_SECONDS = 60.0  # between two looks of a service for waiting decisions
log = logging.getLogger("pauta.audit")


@dataclass(frozen=True)
class Check:
    """The result of a check of the record.

    Attributes:
        entries: how many were read.
        problems: one sentence for each entry that was altered, removed or added; empty for an intact record.
    """

    entries: int
    problems: tuple[str, ...]


class AuditTrail:
    """The record of one installation.

    Args:
        settings: name the release store, beside which decisions wait while the database is unreachable.
        events: the log whose database holds the record.
    """

    def __init__(self, settings: Settings, events: EventLog) -> None:
        self.table, self._configurations = events.audit, events.configurations
        self._spool, self._head = Spool(settings), Head(open_storage(settings.models_uri), self.table)
        self._looked_at = float("-inf")

    def record(self, decision: Decision) -> bool:
        """Write a decision; while the database is unreachable it waits, and is appended later, in order.

        Args:
            decision: what was decided, by whom and why; one whose id is in the record already changes nothing.

        Returns:
            Whether it is in the record now.

        Raises:
            PautaError: it can neither be written nor wait. The decision still takes effect.
        """
        try:
            if time.monotonic() - self._looked_at > SPOOL_SECONDS:
                self._spool.empty(self.table.append)
                self._looked_at = time.monotonic()
            entry = self.table.append(decision)
        except UnavailableError as error:
            self._looked_at = float("-inf")
            log.warning("a decision waits in %s: %s", self._spool.keep(decision), error.log_text)
            return False
        self._head.note(entry.number, entry.hash)
        return True

    def follow(self, scope: str, who: str, found: Configuration, use_case: str = "") -> bool:
        """Record settings and params that differ from those that this kind of process recorded last.

        Args:
            scope: which kind of process it is, such as ``service``; all processes of a kind share one.
            who: the process, for the entry.
            found: its configuration.
            use_case: whose params are in it, for an entry that holds only params; "" for several.

        Returns:
            Whether there is a new entry.

        Raises:
            UnavailableError: the database is unreachable; the next start compares again.
        """
        entry = self._configurations.follow(scope, found, partial(_of_changes, who, use_case))
        if entry is not None:
            self._head.note(entry.number, entry.hash)
        return entry is not None

    def check(self) -> Check:
        """Read the whole record; check every hash, and compare its end with the one noted beside the releases.

        Raises:
            UnavailableError: it cannot be read.
        """
        self._spool.empty(self.table.append)
        problems, count, hashes = [], 0, {}
        noted = self._head.read()
        for count, (entry, problem) in enumerate(_check_entries(self.table.chain()), 1):  # noqa: B007
            if problem:
                problems.append(problem)
            if noted is not None and entry.number == noted[0]:
                hashes[entry.number] = entry.hash
        if noted is not None and hashes.get(noted[0]) != noted[1]:
            problems.append(f"entry {noted[0]}, which was once the newest, is missing or was replaced.")
        return Check(count, tuple(problems))

    def note_head(self) -> bool:
        """Note the end of the record beside the releases, for processes that may not write there, such as the API.

        Returns:
            False if the end that was noted last is missing or was replaced.

        Raises:
            UnavailableError: the database is unreachable.
        """
        self._spool.empty(self.table.append)
        return self._head.note(*self.table.end())


def record_once(settings: Settings, decision: Decision) -> bool:
    """Write one decision in a process that has no ``AuditTrail``; see ``AuditTrail.record``.

    Args:
        settings: ``events_address`` says where the event log is, whose database holds the record.
        decision: what was decided, by whom and why.
    """
    events = EventLog(settings.events_address)
    try:
        return AuditTrail(settings, events).record(decision)
    finally:
        events.close()


def note_head_once(settings: Settings) -> bool:
    """``AuditTrail.note_head`` in a process that has no trail.

    Args:
        settings: as for ``record_once``.
    """
    events = EventLog(settings.events_address)
    try:
        return AuditTrail(settings, events).note_head()
    finally:
        events.close()


def follow_once(settings: Settings, scope: str, who: str, found: Configuration, use_case: str = "") -> bool:
    """``AuditTrail.follow`` in a process that has no trail.

    Args:
        settings: ``events_address`` says where the event log is, whose database holds the record.
        scope: as for ``AuditTrail.follow``.
        who: as for ``AuditTrail.follow``.
        found: the configuration of this process.
        use_case: as for ``AuditTrail.follow``.
    """
    events = EventLog(settings.events_address)
    try:
        return AuditTrail(settings, events).follow(scope, who, found, use_case)
    finally:
        events.close()


def _of_changes(who: str, use_case: str, changes: dict[str, tuple[str, str]]) -> Decision:
    ours = bool(use_case) and all(name.startswith(f"{use_case}.") for name in changes)
    return configuration_decision(who, changes, use_case=use_case if ours else "")


def _check_entries(chain: Iterator[Entry]) -> Iterator[tuple[Entry, str]]:
    """Each entry with its problem, "" for none."""
    number, previous = 0, FIRST
    for entry in chain:
        if entry.number != number + 1:
            problem = f"entries {number + 1} to {entry.number - 1} are missing."
        elif entry.digest() != entry.hash:
            problem = f"entry {entry.number} was altered."
        elif entry.previous != previous:
            problem = f"entry {entry.number} does not continue the one before it."
        else:
            problem = ""
        yield entry, problem
        number, previous = entry.number, entry.hash
