"""Erased people of any use case: who they are, and the runs whose tables still hold one."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pipelines.runs import Run, remove
from script_shared.arrays import IdIndex
from script_shared.errors import InputError, PautaError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.releases import Releases
from script_shared.releases.rewrite import rewrite_releases
from script_shared.settings import Settings

log = logging.getLogger("pauta.pipelines")


def erased_digests(settings: Settings) -> frozenset[str]:
    """Digests of all who were erased; empty before there is an event log.

    Args:
        settings: ``events_address`` says where the log is.

    Raises:
        UnavailableError: the log cannot be read; a run that went on would bring erased people back.
    """
    if not log_exists(settings.events_address):
        return frozenset()
    log = EventLog(settings.events_address)
    try:
        return frozenset(log.erased_digests())
    finally:
        log.close()


def count_in_releases(
    releases: Releases, folder: str, are_erased: Callable[[Sequence[str]], Sequence[bool]]
) -> dict[str, int]:
    """How many erased people each release holds; a release that cannot be read is logged and left out.

    Args:
        releases: of one use case.
        folder: of the people's ids, in a release's folder.
        are_erased: which of some ids were erased.

    Returns:
        number of erased people by version; versions without any are left out.
    """
    found = {}
    for version in releases.versions():
        try:
            ids = IdIndex.load(releases.fetch(version) / folder, "ids").ids.tolist()
        except (PautaError, OSError) as error:
            log.warning("the release %s cannot be searched for erased people: %s", version, error)
            continue
        if count := sum(are_erased(ids)):
            found[version] = count
    return found


def erase_from_releases(
    releases: Releases,
    folder: str,
    are_erased: Callable[[Sequence[str]], Sequence[bool]],
    erase: Callable[[Path, list[int]], None],
) -> dict[str, int]:
    """Remove erased people from every release that is kept, the one in service included.

    Args:
        releases: of one use case.
        folder: of the people's ids, in a release's folder.
        are_erased: which of some ids were erased.
        erase: removes the people at these places from a copy of a release's files.

    Returns:
        number of people who were removed, by version. A release that would have nobody left stays as it is, and so
        does one that cannot be read: both are logged.
    """
    found = {}
    for version, count in count_in_releases(releases, folder, are_erased).items():
        try:
            change = partial(_erase_from, folder=folder, are_erased=are_erased, erase=erase)
            rewrite_releases(releases.uri, [version], change, f"{count} erased people removed")
        except PautaError as error:
            log.warning("erased people are still in release %s: %s", version, error)
            continue
        found[version] = count
    return found


def _erase_from(
    copy: Path,
    folder: str,
    are_erased: Callable[[Sequence[str]], Sequence[bool]],
    erase: Callable[[Path, list[int]], None],
) -> None:
    gone = are_erased(IdIndex.load(copy / folder, "ids").ids.tolist())
    if all(gone):
        raise InputError("all people in it were erased.", fix="Delete it with `releases prune`.")
    erase(copy, [place for place, erased in enumerate(gone) if erased])


def remove_runs_holding(
    root: Path, runs: list[str], tables: dict[str, str], holds: Callable[[Path], bool]
) -> list[str]:
    """Remove runs, raw data included, in which a table holds an erased person; the next data run is made without.

    Args:
        root: the use case's data folder.
        runs: ids of the runs to look at, none of which may be going on.
        tables: file of each step that names people.
        holds: whether such a file holds one.

    Returns:
        ids of the removed runs.
    """
    removed = []
    for run in runs:
        files = [Run(root, run).folder(step) / name for step, name in tables.items()]
        if any(holds(file) for file in files if file.is_file()):
            for step in root.glob("[!.]*"):
                if step.is_dir():  # a file there, such as the memory of the monitoring, belongs to no run
                    remove(step / run)
            removed.append(run)
    return removed
