"""The steps of the DAG ``backup`` and of the command, one at a time: save, restore for a trial, remove old backups."""

from pathlib import Path
from typing import Any

from pipelines.backup.figures import write_figures
from pipelines.backup.keep import remove_old
from pipelines.backup.save import save_backup
from pipelines.backup.saved import backup_folder, backups_in, read_backup
from pipelines.backup.trial import try_backup
from pipelines.backup.turn import turn
from script_shared.errors import InputError, RunError
from script_shared.settings import Settings


def save(settings: Settings) -> dict[str, Any]:
    """Make a backup.

    Args:
        settings: of this installation.

    Returns:
        ``backup``, ``bytes``, rows of all ``databases`` by file, ``releases`` by use case, and ``left_out``.

    Raises:
        UnavailableError: another step runs.
    """
    with turn(backup_folder(settings)):
        folder = save_backup(settings)
        write_figures(settings)
        backup = read_backup(folder)
    return {
        "backup": folder.name,
        "bytes": backup.bytes,
        "databases": {each.file: sum(facts.rows for facts in each.tables.values()) for each in backup.databases},
        "releases": {name: saved.current for name, saved in backup.releases.items()},
        "left_out": list(backup.left_out),
    }


def restore(settings: Settings) -> dict[str, Any]:
    """Restore the newest backup into a scratch place and check it.

    Args:
        settings: of this installation.

    Returns:
        ``backup``, and the fields of its ``Trial``.

    Raises:
        RunError: there is no backup yet.
        InputError: the backup cannot be restored, or differs from what was saved.
        UnavailableError: another step runs, or the server of the trial does not answer.
    """
    with turn(backup_folder(settings)):
        folder = _newest(settings)
        trial = try_backup(settings, folder)
        write_figures(settings)
    if trial.problem:
        raise InputError(f"the backup {folder.name} is not usable: {trial.problem}", fix="Make another one.")
    return {"backup": folder.name, **trial.model_dump(mode="json")}


def tidy(settings: Settings) -> dict[str, Any]:
    """Remove old backups.

    Args:
        settings: of this installation.

    Returns:
        ``removed``, names of backups.

    Raises:
        UnavailableError: another step runs.
    """
    with turn(backup_folder(settings)):
        removed = remove_old(backup_folder(settings), settings.backup_keep)
        write_figures(settings)
    return {"removed": removed}


def _newest(settings: Settings) -> Path:
    for folder in backups_in(backup_folder(settings)):
        return folder
    raise RunError("There is no backup yet.", fix="Make one: python -m pipelines backup.")
