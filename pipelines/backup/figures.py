"""Figures about the backups as JSON, which the API exports as gauges."""

import json
from typing import Any

from pipelines.backup.saved import backup_folder, backups_in, read_backup, read_trial
from script_shared.settings import Settings

FOLDER, NAME = "backup", "backup.json"  # in the folder of evaluations; the API reads the same names


def write_figures(settings: Settings) -> dict[str, Any]:
    """Replace the figures; a process that reads them gets either the old file or the new one.

    Args:
        settings: have the folders of backups and of evaluations.

    Returns:
        ``made_at`` and ``bytes`` of the newest backup, ``problem`` of its trial (None before one, "" for none),
        ``restorable_at``, which is when the newest backup without a problem was made, ``max_age_hours`` and ``kept``.
    """
    folders = backups_in(backup_folder(settings))
    newest = read_backup(folders[0]) if folders else None
    trial = read_trial(folders[0]) if folders else None
    good = next((path for path in folders if (found := read_trial(path)) and not found.problem), None)
    content = {
        "made_at": newest.made_at.isoformat(timespec="seconds") if newest else None,
        "bytes": newest.bytes if newest else 0,
        "problem": trial.problem if trial else None,
        "trial_seconds": trial.seconds if trial else None,
        "restorable_at": read_backup(good).made_at.isoformat(timespec="seconds") if good else None,
        "max_age_hours": settings.backup_max_age_hours,
        "kept": len(folders),
    }
    folder = settings.evaluation_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / NAME, folder / f".{NAME}.partial"
    partial.write_text(json.dumps(content, indent=1), encoding="utf-8")
    partial.replace(path)
    return content
