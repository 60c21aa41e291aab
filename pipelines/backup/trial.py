"""Restores a backup into a scratch place and compares it with what was recorded when it was made."""

import logging
import tempfile
import time
import traceback
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from pipelines.backup.databases import facts_of, restore_database
from pipelines.backup.saved import TRIAL, Backup, SavedDatabase, TableFacts, Trial, read_backup
from pipelines.backup.turn import TRIAL_PREFIX
from pipelines.registry import use_cases
from script_shared.errors import InputError, PautaError, ReleaseCorruptError, SettingsError, UnavailableError
from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.storage.local import digest_file

log = logging.getLogger("pauta.backup")


def try_backup(settings: Settings, folder: Path) -> Trial:
    """Restore a backup, check it, and write the result beside it.

    Args:
        settings: of this installation.
        folder: of the backup; only the result is written there.

    Returns:
        the result; for a damaged backup, or an error that nobody expected, it says what is wrong.

    Raises:
        SettingsError: the trial cannot run here.
        UnavailableError: the server of the trial does not answer.
    """
    begun, moment, counts, problem = time.monotonic(), datetime.now(UTC), (0, 0, 0), ""
    try:
        with tempfile.TemporaryDirectory(prefix=TRIAL_PREFIX, dir=folder.parent) as scratch:
            counts = _check(settings, folder, read_backup(folder), Path(scratch))
    except (SettingsError, UnavailableError):
        raise
    except PautaError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001  whatever a restore or a release raises, the backup is not usable as it is
        problem = _type_and_place(error)
        log.error("the trial of %s: %s", folder.name, problem)
    entries, tables, releases = counts
    seconds = round(time.monotonic() - begun, 3)
    trial = Trial(tried_at=moment, seconds=seconds, problem=problem, entries=entries, tables=tables, releases=releases)
    (folder / TRIAL).write_text(trial.model_dump_json(indent=1), encoding="utf-8")
    return trial


def _type_and_place(error: Exception) -> str:
    """Type and place of an error; its text may quote rows of people."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}."


def _check(settings: Settings, folder: Path, backup: Backup, scratch: Path) -> tuple[int, int, int]:
    """Numbers of log entries, tables and releases that are as recorded."""
    entries = sum(_check_database(settings, each, folder, scratch) for each in backup.databases)
    releases = _check_releases(settings, folder, backup)
    return entries, sum(len(each.tables) for each in backup.databases), releases


def _check_database(settings: Settings, saved: SavedDatabase, folder: Path, scratch: Path) -> int:
    """Compare each table with the record; returns how many entries the log has, 0 for a database without it."""
    file = folder / saved.file
    if not file.is_file() or digest_file(file).sha256 != saved.sha256:
        raise InputError(f"{file} is missing, or its checksum differs.", fix="Use another backup.")
    with restore_database(settings, saved, folder, scratch) as address:
        _compare(saved.file, saved.tables, facts_of(address))
        return _read_log(address) if saved.holds_log else 0


def _compare(file: str, expected: dict[str, TableFacts], found: dict[str, TableFacts]) -> None:
    for name, facts in expected.items():
        if (now := found.get(name)) != facts:
            has = f"{now.rows} rows" if now is not None else "no table"
            same = " with another checksum" if now is not None and now.rows == facts.rows else ""
            raise InputError(
                f"{file}: {name} has {has}{same} after the restore; the backup recorded {facts.rows} rows.",
                fix="Use another backup.",
            )


def _read_log(address: str) -> int:
    """Read all entries of a restored log in order, as a process that starts does."""
    count = after = 0
    with closing(EventLog(address)) as log:
        while entries := log.tail(after):
            count, after = count + len(entries), entries[-1].seq
    return count


def _check_releases(settings: Settings, folder: Path, backup: Backup) -> int:
    """Verify the files of every release, and load the one in service of each use case."""
    cases = use_cases(settings)
    for name, saved in backup.releases.items():
        releases = Releases(folder / "releases" / name)
        pointer = releases.current()
        if (pointer.version if pointer else None) != saved.current:
            raise ReleaseCorruptError(f"the backup's pointer of {name} differs from its record.", fix="Use another.")
        for version in saved.versions:
            releases.verify(version)
        if saved.current is not None and name in cases and cases[name].release_trial:
            case = cases[name]
            case.function("release_trial")(releases.fetch(saved.current), case.params_in(settings))
    return sum(len(saved.versions) for saved in backup.releases.values())
