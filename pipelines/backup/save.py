"""Makes a backup: first releases, then databases, so that no release in it knows an event that its log lacks."""

import time
from datetime import UTC, datetime
from pathlib import Path

from pipelines.backup.databases import databases_of, save_database
from pipelines.backup.release_copies import copy_releases
from pipelines.backup.saved import RECORD, Backup, backup_folder, backups_in, name_of
from pipelines.backup.turn import unusable
from script_shared.releases import open_releases
from script_shared.settings import Settings
from script_shared.storage.local import PARTIAL
from script_shared.use_cases import entries


def save_backup(settings: Settings) -> Path:
    """Make a backup; a process that is killed leaves no backup, and the next step removes what it wrote.

    Args:
        settings: of this installation.

    Returns:
        the folder of the backup.

    Raises:
        SettingsError: there is no folder for backups, or no program that can dump the database.
        UnavailableError: a store, a database or the disk cannot be used.
    """
    home = backup_folder(settings)
    while (target := home / name_of(moment := datetime.now(UTC))).exists():
        time.sleep(0.1)  # a name is of a whole second
    partial = home / f".{target.name}{PARTIAL}"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
        _fill(settings, partial, moment, next(iter(backups_in(home)), None))
        partial.rename(target)
    except OSError as error:
        raise unusable(home, error) from error
    return target


def _fill(settings: Settings, folder: Path, moment: datetime, before: Path | None) -> None:
    releases = {}
    for name in entries(settings.use_cases):
        earlier = before / "releases" / name if before is not None else None
        releases[name] = copy_releases(open_releases(settings, name).uri, folder / "releases" / name, earlier)
    databases, left_out = databases_of(settings)
    saved = tuple(save_database(database, folder) for database in databases)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    record = Backup(made_at=moment, databases=saved, releases=releases, left_out=tuple(left_out), bytes=size)
    (folder / RECORD).write_text(record.model_dump_json(indent=1), encoding="utf-8")
