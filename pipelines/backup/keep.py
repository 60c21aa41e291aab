"""Removes old backups."""

import shutil
from pathlib import Path

from pipelines.backup.saved import backups_in, read_trial


def remove_old(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest backups; the newest one that a trial restored without a problem is never removed.

    Args:
        folder: of all backups.
        keep: how many to keep.

    Returns:
        names of those removed, newest first.
    """
    found = backups_in(folder)
    good = next((path for path in found if (trial := read_trial(path)) and not trial.problem), None)
    removed = [path for path in found[keep:] if path != good]
    for path in removed:
        shutil.rmtree(path)
    return [path.name for path in removed]
