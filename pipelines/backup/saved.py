"""What a backup is: a folder with a record of everything in it, named by the time when it was made."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from script_shared.errors import InputError, SettingsError
from script_shared.settings import Settings

RECORD = "backup.json"
TRIAL = "trial.json"
NAME = "%Y%m%dT%H%M%SZ"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class TableFacts(_Record):
    """Rows of a table, and a checksum over all of them that does not depend on their order."""

    rows: int
    checksum: str


class SavedDatabase(_Record):
    """One database in a backup.

    Attributes:
        kind: ``sqlite`` or ``postgresql``.
        file: below the backup's folder.
        sha256: of the file.
        tables: by name, as they were at the moment of the copy.
        holds_log: whether the event log is in it.
    """

    kind: str
    file: str
    sha256: str
    tables: dict[str, TableFacts]
    holds_log: bool


class SavedReleases(_Record):
    """The releases of a use case in a backup: ``current`` is the one in service, ``None`` before the first."""

    current: str | None
    versions: tuple[str, ...]


class Backup(_Record):
    """The record of a backup.

    Attributes:
        made_at: when the backup began, UTC.
        databases: each with its file.
        releases: by use case.
        left_out: what the backup does not hold, as sentences.
        bytes: size of all files together.
    """

    made_at: datetime
    databases: tuple[SavedDatabase, ...]
    releases: dict[str, SavedReleases]
    left_out: tuple[str, ...] = ()
    bytes: int = 0


class Trial(_Record):
    """The result of a trial restore; ``problem`` is empty where everything was as recorded."""

    tried_at: datetime
    seconds: float
    problem: str
    entries: int = 0
    tables: int = 0
    releases: int = 0


def backup_folder(settings: Settings) -> Path:
    """The folder of all backups.

    Args:
        settings: of this installation.

    Raises:
        SettingsError: there is none.
    """
    if settings.backup_dir is None:
        raise SettingsError(
            "PAUTA_BACKUP_DIR is not set, so there is no place for backups.",
            fix="Set it to a folder on another disk than the data.",
        )
    return settings.backup_dir


def backups_in(folder: Path) -> list[Path]:
    """The folders of complete backups, newest first. Only a name made by ``name_of`` counts: others are copies.

    Args:
        folder: of all backups; it may be missing.
    """
    found = [path.parent for path in folder.glob(f"*/{RECORD}") if _is_name(path.parent.name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def read_backup(folder: Path) -> Backup:
    """The record of a backup.

    Args:
        folder: of this backup.

    Raises:
        InputError: it is damaged.
    """
    try:
        return Backup.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{folder / RECORD} cannot be read.", fix="Use another backup.") from error


def read_trial(folder: Path) -> Trial | None:
    """The result of the newest trial of a backup, None where there was none.

    Args:
        folder: of this backup.
    """
    try:
        return Trial.model_validate_json((folder / TRIAL).read_bytes())
    except (OSError, ValidationError):
        return None


def name_of(moment: datetime) -> str:
    """The name of a backup's folder, such as ``20261130T021500Z``; names sort as times do.

    Args:
        moment: with a time zone.
    """
    return moment.astimezone(UTC).strftime(NAME)


def _is_name(name: str) -> bool:
    try:
        return name_of(datetime.strptime(name, NAME).replace(tzinfo=UTC)) == name
    except ValueError:
        return False
