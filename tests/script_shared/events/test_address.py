"""The event log is where its setting says, whatever characters the path has."""

from pathlib import Path

import pytest

from script_shared.addresses import sqlite_address, sqlite_file
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.settings import Settings

FOLDERS = ["que?ry", "50%", "%41", "a#b", "nova pasta", "ação", "a?b=c&d", "a+b", "a;b", "a@b:c"]


@pytest.mark.parametrize("name", FOLDERS)
def test_the_log_is_in_the_data_folder_whatever_its_name(tmp_path: Path, name: str):
    folder = tmp_path / name
    folder.mkdir()
    settings = Settings(data_dir=folder, mlflow_uri="embedded")
    assert not log_exists(settings.events_address)
    log = EventLog(settings.events_address)
    assert log.head() == 0
    log.close()
    assert log_exists(settings.events_address)
    assert (folder / "events.db").is_file()
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert sqlite_file(settings.mlflow_address or "") == folder / "mlflow" / "mlflow.db"


@pytest.mark.parametrize("name", FOLDERS)
def test_an_address_leads_back_to_its_file(name: str):
    assert sqlite_file(sqlite_address(Path("/x") / name / "events.db")) == Path("/x") / name / "events.db"
    assert sqlite_file(sqlite_address(Path(name) / "events.db")) == Path(name) / "events.db"


def test_another_address_has_no_file():
    assert sqlite_file("postgresql+psycopg2://user:word@host/base") is None
