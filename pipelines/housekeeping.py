"""Housekeeping of every use case: removes old releases and runs, and what killed steps left."""

import shutil
import time
from pathlib import Path
from typing import Any

from pipelines.runs import MANIFEST, Run, latest_run, remove
from pipelines.tracking.step import keep_missing
from pipelines.use_case import Context

FRESH_SECONDS = 3_600  # a run that finished a step within the last hour may still be going on
STALE_SECONDS = 86_400  # a half-written folder untouched for a day belongs to a killed step


def prune(context: Context) -> dict[str, Any]:
    """Remove releases beyond ``releases.keep``, runs beyond ``releases.keep_runs`` and half-written folders.

    Never removed: the release in service and the one a rollback would take, the newest finished run of each step, a run
    that is going on.

    Args:
        context: the use case's data folder, its releases, settings and params.

    Returns:
        ``releases``, ``runs`` and ``partial_folders`` that were removed.
    """
    root, params = context.run.root, context.params.releases
    keep_missing(context.settings, context.use_case)
    releases = context.releases.prune(params.keep)
    partial = _remove_stale(root)
    return {"releases": releases, "runs": _prune_runs(root, params.keep_runs), "partial_folders": partial}


def runs_of(root: Path) -> tuple[list[Run], list[Run]]:
    """All runs below a use case's data folder: those that have ended, and those that are going on.

    Args:
        root: the use case's data folder.

    Returns:
        both lists are in the order of the run ids.
    """
    steps = _folders(root)
    names = sorted({folder.name for step in steps for folder in _folders(step)})
    active = {name for name in names if _going_on(steps, name, _finished_at(steps, name))}
    runs = [Run(root, name) for name in names]
    return [run for run in runs if run.run_id not in active], [run for run in runs if run.run_id in active]


def _prune_runs(root: Path, keep: int) -> list[str]:
    steps = _folders(root)
    finished = {run: _finished_at(steps, run) for step in steps for run in map(_name, _folders(step))}
    newest = sorted(finished, key=lambda run: (finished[run], run), reverse=True)
    needed = {*newest[:keep], *(latest_run(root, step.name) for step in steps)}
    removed = [run for run in newest if run not in needed and not _going_on(steps, run, finished[run])]
    for run in removed:
        for step in steps:
            remove(step / run)
    return sorted(removed)


def _finished_at(steps: list[Path], run: str) -> float:
    """When the run last finished a step or a part of one; when its folder was made, while it never did."""
    manifests = [path for step in steps for path in (step / run).glob(f"**/{MANIFEST}")]
    return max((_changed_at(path) for path in manifests or [step / run for step in steps]), default=0.0)


def _going_on(steps: list[Path], run: str, finished_at: float) -> bool:
    """Whether a step finished lately or is being written. Stale folders are gone by now."""
    if time.time() - finished_at < FRESH_SECONDS:
        return True
    return any([*step.glob(f".{run}.*.partial"), *(step / run).glob(".*.partial")] for step in steps)


def _remove_stale(root: Path) -> list[str]:
    """Remove half-written folders of steps and of their parts."""
    found = sorted([*root.glob("*/.*.partial"), *root.glob("*/*/.*.partial")])
    stale = [path for path in found if time.time() - _newest_change(path) > STALE_SECONDS]
    for path in stale:
        shutil.rmtree(path, ignore_errors=True)
    return [path.relative_to(root).as_posix() for path in stale]


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _name(path: Path) -> str:
    return path.name


def _newest_change(folder: Path) -> float:
    return max(_changed_at(path) for path in (folder, *folder.rglob("*")))


def _changed_at(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0
