"""Whatever goes wrong in a trial is in its result, without the texts of people's rows."""

import json
import shutil
from pathlib import Path

import pytest

from pipelines.backup.save import save_backup
from pipelines.backup.saved import read_trial
from pipelines.backup.steps import restore
from script_shared.errors import InputError, SettingsError
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params
from script_shared.releases import open_releases
from script_shared.settings import Settings

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def test_an_error_that_nobody_expected_is_a_result_without_its_text(settings: Settings) -> None:
    folder = save_backup(settings)
    record = json.loads((folder / "backup.json").read_text())
    record["databases"][0]["file"] = "databases/" + "maria" * 100  # longer than a name may be: an OSError
    (folder / "backup.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match="OSError in"):
        restore(settings)
    trial = read_trial(folder)
    assert trial is not None
    assert trial.problem.startswith("OSError in ")
    assert "maria" not in trial.problem


def test_a_dump_of_postgresql_needs_a_server_in_an_installation_that_has_only_sqlite(settings: Settings) -> None:
    folder = save_backup(settings)
    record = json.loads((folder / "backup.json").read_text())
    record["databases"][0]["kind"] = "postgresql"  # as after a move from PostgreSQL to SQLite
    (folder / "backup.json").write_text(json.dumps(record))
    with pytest.raises(SettingsError, match="no PostgreSQL server"):
        restore(settings)
    assert read_trial(folder) is None


@pytest.fixture
def small(settings: Settings, tmp_path: Path) -> Settings:
    """An installation whose params file allows 1,024 articles, with a release in service that was made by it."""
    (tmp_path / "own.toml").write_text(FILE.read_text().replace("articles = 2048", "articles = 1024", 1))
    small = settings.model_copy(update={"params_file": tmp_path / "own.toml"})
    releases = open_releases(small, "news")
    made = shutil.copytree(releases.fetch("v1"), tmp_path / "with_live")
    live = load_params(NewsParams, tmp_path / "own.toml").live
    assert live.articles == 1024
    save_state(LiveState(live), made / "live")
    releases.publish(made, "v2", {})
    releases.promote("v2", "test")
    return small


def test_a_live_state_is_loaded_with_the_bounds_of_the_params_file(small: Settings) -> None:
    save_backup(small)
    assert restore(small)["problem"] == ""


def test_a_live_state_with_other_bounds_is_not_damaged(small: Settings) -> None:
    save_backup(small)
    assert restore(small.model_copy(update={"params_file": None}))["problem"] == ""


def test_a_live_state_that_lacks_a_file_is_damaged(small: Settings, tmp_path: Path) -> None:
    releases = open_releases(small, "news")
    for file in (tmp_path / "with_live" / "live" / "articles").iterdir():
        file.unlink()
    releases.publish(tmp_path / "with_live", "v3", {})
    releases.promote("v3", "test")
    save_backup(small)
    with pytest.raises(InputError, match="live_snapshot cannot be loaded"):
        restore(small)
