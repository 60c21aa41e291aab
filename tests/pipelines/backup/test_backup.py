"""A backup holds what it recorded, and a trial finds what was lost or changed in it."""

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.backup.keep import remove_old
from pipelines.backup.save import save_backup
from pipelines.backup.saved import TRIAL, Trial, backups_in, read_backup
from pipelines.backup.sqlite_copy import copy_sqlite, sqlite_facts
from pipelines.backup.steps import restore, save, tidy
from pipelines.backup.trial import try_backup
from pipelines.backup.turn import LOCK
from script_shared.errors import InputError, RunError, SettingsError
from script_shared.events import EventLog
from script_shared.releases import open_releases
from script_shared.settings import Settings
from tests.pipelines.backup.conftest import add_clicks, scratch_databases


def figures(settings: Settings) -> dict[str, object]:
    found: dict[str, object] = json.loads((settings.evaluation_dir / "backup" / "backup.json").read_text())
    return found


def test_a_backup_is_restored_with_the_rows_and_releases_that_it_recorded(settings: Settings) -> None:
    saved = save(settings)
    assert saved["releases"] == {"news": "v1", "students": "v1", "recruiting": "v1"}
    assert saved["left_out"] == []
    done = restore(settings)
    assert (done["problem"], done["entries"], done["releases"]) == ("", 30, 3)
    assert done["tables"] > 10
    shown = figures(settings)
    assert shown["problem"] == ""
    assert shown["restorable_at"] == shown["made_at"]
    assert {path.name for path in (settings.backup_dir or Path()).iterdir()} == {saved["backup"], LOCK}
    if settings.events_address.startswith("postgresql"):
        assert scratch_databases(settings) == []


def test_entries_after_the_backup_are_not_in_it_and_do_not_disturb_the_trial(settings: Settings) -> None:
    save(settings)
    add_clicks(settings, 5, after=30)
    assert restore(settings)["entries"] == 30


def test_a_damaged_file_of_a_database_is_found(settings: Settings) -> None:
    folder = save_backup(settings)
    file = folder / read_backup(folder).databases[0].file
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.write_bytes(data)
    with pytest.raises(InputError, match="checksum differs"):
        restore(settings)
    assert figures(settings)["restorable_at"] is None
    assert "checksum" in str(figures(settings)["problem"])


def test_a_row_that_is_not_restored_is_found(settings: Settings) -> None:
    folder = save_backup(settings)
    record = json.loads((folder / "backup.json").read_text())
    name = next(name for name in record["databases"][0]["tables"] if name.endswith("pauta_entries"))
    record["databases"][0]["tables"][name]["rows"] = 31
    (folder / "backup.json").write_text(json.dumps(record))
    assert "has 30 rows after the restore; the backup recorded 31 rows" in try_backup(settings, folder).problem
    record["databases"][0]["tables"][name] |= {"rows": 30, "checksum": "0"}
    (folder / "backup.json").write_text(json.dumps(record))
    assert "30 rows with another checksum" in try_backup(settings, folder).problem


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["news", "students", "recruiting"])
def test_a_changed_file_of_a_release_is_found(settings: Settings, name: str) -> None:
    folder = save_backup(settings)
    file = max((folder / "releases" / name).glob("releases/v1/files-*/**/*.npy"), key=lambda path: path.stat().st_size)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert file.name in try_backup(settings, folder).problem


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_release_with_right_checksums_that_cannot_be_loaded_is_found(settings: Settings, tmp_path: Path) -> None:
    (broken := tmp_path / "broken").mkdir()
    (broken / "model.json").write_text("{}")
    releases = open_releases(settings, "news")
    releases.publish(broken, "v2", {})
    releases.promote("v2", "test")
    save(settings)
    with pytest.raises(InputError, match="is not usable"):
        restore(settings)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_files_of_releases_take_space_once_in_several_backups(settings: Settings) -> None:
    save_backup(settings)
    second = _next_backup(settings)
    first = backups_in(settings.backup_dir or Path())[1]
    files = [next(folder.glob("releases/news/releases/v1/files-*/model.json")) for folder in (first, second)]
    assert files[0].stat().st_ino == files[1].stat().st_ino
    files[1].unlink()
    files[1].write_text("damaged")
    files[0].unlink()
    third = _next_backup(settings)
    assert try_backup(settings, third).problem == ""


def _next_backup(settings: Settings) -> Path:
    """Make another backup; earlier ones are renamed, because names have whole seconds."""
    for number, folder in enumerate(reversed(backups_in(settings.backup_dir or Path()))):
        folder.rename(folder.with_name(f"2020010{number + 1}T000000Z"))
    before = backups_in(settings.backup_dir or Path())
    made = save_backup(settings)
    for number, folder in enumerate(reversed(before)):
        assert folder.name == f"2020010{number + 1}T000000Z"
    return made


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_releases_of_an_object_store_are_in_the_backup_and_can_be_loaded(
    settings: Settings, releases_made: dict[str, Path], s3_root: str
) -> None:
    elsewhere = settings.model_copy(update={"models_uri": s3_root.rpartition("/")[0]})
    releases = open_releases(elsewhere, "news")
    releases.publish(releases_made["news"], "v7", {})
    releases.promote("v7", "test")
    assert save(elsewhere)["releases"] == {"news": "v7", "students": None, "recruiting": None}
    assert restore(elsewhere)["releases"] == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_killed_backup_leaves_nothing_that_counts_and_the_next_one_removes_it(settings: Settings) -> None:
    home = settings.backup_dir or Path()
    (home / ".20200101T000000Z.partial").mkdir(parents=True)
    (home / ".20200101T000000Z.partial" / "backup.json").write_text("{}")
    with pytest.raises(RunError, match="no backup yet"):
        restore(settings)
    made = save(settings)["backup"]
    assert {path.name for path in home.iterdir()} == {made, LOCK}


def test_without_a_folder_there_is_a_message() -> None:
    with pytest.raises(SettingsError, match="PAUTA_BACKUP_DIR is not set"):
        save(Settings())


def test_old_backups_are_removed_but_never_the_newest_good_one(tmp_path: Path) -> None:
    for day, problem in enumerate(("", "", "damaged", "damaged", "damaged"), 1):
        folder = tmp_path / f"2020010{day}T000000Z"
        folder.mkdir()
        (folder / "backup.json").write_text("{}")
        trial = Trial.model_validate({"tried_at": "2020-01-01T00:00:00Z", "seconds": 1, "problem": problem})
        (folder / TRIAL).write_text(trial.model_dump_json())
    assert remove_old(tmp_path, 2) == ["20200103T000000Z", "20200101T000000Z"]
    assert [path.name[:8] for path in backups_in(tmp_path)] == ["20200105", "20200104", "20200102"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_as_many_backups_stay_as_the_setting_says(settings: Settings) -> None:
    save_backup(settings)
    _next_backup(settings)
    assert tidy(settings.model_copy(update={"backup_keep": 1}))["removed"] == ["20200101T000000Z"]


def test_a_copy_of_sqlite_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    source, over = tmp_path / "events.db", threading.Event()
    with closing(EventLog(f"sqlite:///{source}")) as log:
        log.head()

    def write() -> None:
        with closing(sqlite3.connect(source, timeout=30)) as database:
            while not over.is_set():
                database.execute("INSERT INTO pauta_day_keys VALUES ((SELECT count(*) FROM pauta_day_keys), x'00')")
                database.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(10):
            target = tmp_path / f"copy{number}.db"
            assert copy_sqlite(source, target) == sqlite_facts(target)
    finally:
        over.set()
        writer.join()
