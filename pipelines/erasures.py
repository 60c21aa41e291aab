"""Erased people of any use case: who they are, and the runs whose tables still hold one."""

from collections.abc import Callable
from pathlib import Path

from pipelines.runs import remove
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.settings import Settings


def erased_digests(settings: Settings) -> frozenset[str]:
    """Digests of all who were erased; empty before there is an event log.

    Raises:
        UnavailableError: the log cannot be read; a run that went on would bring erased people back.
    """
    if not log_exists(settings.events_address):
        return frozenset()
    log = EventLog(settings.events_address)
    try:
        return frozenset(log.erased())
    finally:
        log.close()


def remove_runs_holding(
    root: Path, runs: list[str], tables: dict[str, str], holds: Callable[[Path], bool]
) -> list[str]:
    """Remove runs, raw data included, in which a table holds an erased person; the next data run is made without.

    Args:
        root: the use case's data folder.
        tables: file of each step that names people.
        holds: whether such a file holds one.
    """
    removed = []
    for run in runs:
        files = [root / step / run / name for step, name in tables.items()]
        if any(holds(file) for file in files if file.is_file()):
            for step in root.glob("[!.]*"):
                remove(step / run)
            removed.append(run)
    return removed
