import logging
import os
import re
import tempfile
from pathlib import Path

import pytest

from script_shared.errors import SettingsError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings, load_settings
from script_shared.settings.unread_variables import unread_variables


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PAUTA_SOURCE", "local")
    assert load_settings().source == "local"


def test_a_wrong_setting_is_named_in_the_error(monkeypatch):
    monkeypatch.setenv("PAUTA_RELEASE_POLL_SECONDS", "-1")
    with pytest.raises(SettingsError, match="PAUTA_RELEASE_POLL_SECONDS"):
        load_settings()


def test_a_secret_is_never_printed(monkeypatch):
    monkeypatch.setenv("PAUTA_ADMIN_TOKEN", "very-secret-token")
    assert "very-secret-token" not in repr(load_settings())


def test_the_params_file_of_the_package_is_valid():
    params = load_params(NewsParams, FILE)
    assert len(params.popularity.half_lives_hours) == len(params.popularity.window_weights)


def test_one_value_can_be_set_over_the_file():
    params = load_params(NewsParams, FILE, ["split.window_hours = 3", "logged.als.factors=8"])
    assert (params.split.window_hours, params.logged.als.factors) == (3, 8)
    assert params.split.use_validation_file == load_params(NewsParams, FILE).split.use_validation_file


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("split.hours = 3", "split.hours"),
        ("logged.als.factors = 0", "logged.als.factors"),
        ("split.window_hours = ", "not valid TOML"),
    ],
)
def test_an_unknown_key_or_bad_value_is_refused_by_name(line, message):
    with pytest.raises(SettingsError, match=message):
        load_params(NewsParams, FILE, [line])


def test_a_missing_params_file_is_a_clear_error(tmp_path):
    with pytest.raises(SettingsError, match="PAUTA_PARAMS_FILE"):
        load_params(NewsParams, tmp_path / "none.toml")


def test_the_cache_of_releases_is_a_folder_of_the_user(monkeypatch, tmp_path):
    monkeypatch.delenv("PAUTA_CACHE_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert load_settings().cache_dir == tmp_path / f"pauta-{os.getuid()}"
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert load_settings().cache_dir == Path(tmp_path / "pauta-4711")


def test_a_misspelt_setting_is_logged_with_the_name_that_was_meant(monkeypatch, caplog):
    monkeypatch.setenv("PAUTA_EVENTS_URL", "sqlite:///elsewhere.db")
    with caplog.at_level(logging.WARNING):
        load_settings()
    assert "PAUTA_EVENTS_URL is not a setting and is ignored. Did you mean PAUTA_EVENTS_URI?" in caplog.text


def test_a_variable_of_the_code_itself_is_no_setting():
    assert unread_variables(["_PAUTA_METRICS_FOLDER"], Settings.model_fields) == []
    assert len(unread_variables(["PAUTA_METRICS_FOLDER"], Settings.model_fields)) == 1


def test_every_setting_of_the_compose_file_is_known():
    example = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    assert unread_variables(re.findall(r"^#?(PAUTA_\w+)=", example, re.M), Settings.model_fields) == []


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    for name in ("PAUTA_ADMIN_TOKEN", "PAUTA_PARAMS_FILE", "PAUTA_EVENTS_URI", "PAUTA_SOURCE"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert (settings.admin_token, settings.params_file, settings.source) == (None, None, "sample")
    assert settings.events_address.startswith("sqlite:///")
