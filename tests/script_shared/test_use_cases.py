"""Which use cases an instance hosts, and the settings that each has for itself."""

from pathlib import Path

import pytest

from script_shared.errors import SettingsError
from script_shared.settings import Settings, load_settings
from script_shared.settings.unread_variables import unread_variables
from script_shared.use_cases import REGISTRY, Entry, entries

OTHER = Entry("other", pipelines="nowhere:CASE")
HERE = "tests.script_shared.test_use_cases"


def test_an_instance_hosts_the_whole_registry_unless_it_chooses() -> None:
    assert list(entries()) == [entry.name for entry in REGISTRY]
    assert list(entries(f"{HERE}:OTHER, news")) == ["other", "news"]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ("nws", r"no use case 'nws'.*Use cases are: .*news"),
        ("nowhere.at.all:X", "nowhere.at.all:X cannot be imported"),
        (f"{HERE}:HERE", "is no Entry"),
        ("news,news", "two entries have one name"),
    ],
)
def test_a_choice_that_does_not_exist_is_named_when_settings_are_read(
    monkeypatch: pytest.MonkeyPatch, chosen: str, message: str
) -> None:
    monkeypatch.setenv("PAUTA_USE_CASES", chosen)
    with pytest.raises(SettingsError, match=f"PAUTA_USE_CASES: .*{message}"):
        load_settings()


def test_a_name_that_cannot_be_a_folder_is_refused() -> None:
    with pytest.raises(SettingsError, match="cannot be a name"):
        Entry("../up", pipelines="x:Y")


def test_each_use_case_has_its_own_source_schedule_and_params_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_USE_CASES", f"news,{HERE}:OTHER")
    for name, value in {"SOURCE": "csv", "SOURCE_PATH": "/in", "SCHEDULE": "@daily", "PARAMS_FILE": "/p.toml"}.items():
        monkeypatch.setenv(f"PAUTA_OTHER_{name}", value)
    monkeypatch.setenv("PAUTA_SOURCE", "local")
    settings = load_settings()
    assert settings.of("other").model_dump(exclude_none=True) == {
        "source": "csv",
        "source_path": Path("/in"),
        "schedule": "@daily",
        "params_file": Path("/p.toml"),
    }
    assert settings.of("news").source == "local"


def test_the_names_without_a_use_case_are_those_of_news_and_of_no_other() -> None:
    settings = Settings(source="local", source_path=Path("/in"), data_schedule="@daily", params_file=Path("/p"))
    assert settings.of("news").model_dump(exclude_none=True) == {
        "source": "local",
        "source_path": Path("/in"),
        "schedule": "@daily",
        "params_file": Path("/p"),
    }
    assert set(settings.of("other").model_dump().values()) == {None}


def test_a_bad_setting_of_a_use_case_is_named_as_it_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_NEWS_SCHEDULE", "each morning")
    with pytest.raises(SettingsError, match="PAUTA_NEWS_SCHEDULE: "):
        load_settings()


def test_a_setting_of_a_use_case_that_is_not_hosted_is_called_misspelt() -> None:
    assert unread_variables(["PAUTA_NEWS_SCHEDULE"], Settings.model_fields) == []
    assert unread_variables(["PAUTA_NEWS_SHEDULE"], Settings.model_fields) == [
        "PAUTA_NEWS_SHEDULE is not a setting and is ignored. Did you mean PAUTA_NEWS_SCHEDULE?"
    ]
