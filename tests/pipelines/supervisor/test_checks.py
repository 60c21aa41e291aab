"""A start that would fail later is refused at once, with nothing started and nothing said to be stopped."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from pipelines.news.use_case import NEWS
from pipelines.supervisor import checks
from pipelines.supervisor.checks import check_configuration, check_libraries
from pipelines.supervisor.stack_settings import load_stack_settings
from script_shared.errors import InputError, SettingsError, SourceError, UnavailableError
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.pipelines.supervisor.scenario import ROOT


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def make_run(folder: Path, **environment: str) -> tuple[int, str]:
    """The exit code and output of a `make run` that is refused."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    stack_settings = {"DATA_DIR": "data", "MODELS_URI": "models", "CACHE_DIR": "cache", "HOME": "home"}
    ports = {"PAUTA_PORT": str(free_port()), "PAUTA_AIRFLOW_PORT": str(free_port())}
    settings = {f"PAUTA_{name}": str(folder / place) for name, place in stack_settings.items()}
    ended = subprocess.run(
        [sys.executable, "-m", "pipelines.supervisor"],
        cwd=ROOT,
        env=kept | settings | ports | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_the_same_port_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_PORT", "18813")
    with pytest.raises(SettingsError, match=r"PAUTA_AIRFLOW_PORT and PAUTA_PORT are both 18813\."):
        load_stack_settings(["--airflow-port", "18813"])


def test_the_package_as_it_is_passes() -> None:
    check_libraries()
    check_configuration(Settings())


def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LIBRARIES", {"libnothere.so.1": "libnothere1"})
    with pytest.raises(UnavailableError) as caught:
        check_libraries()
    assert str(caught.value) == (
        "The shared library libnothere.so.1 is missing. Install it: apt-get install libnothere1"
    )


def test_a_local_source_needs_a_path() -> None:
    with pytest.raises(InputError, match="PAUTA_SOURCE_PATH"):
        check_configuration(Settings(source="local"))


@pytest.mark.parametrize("source", ["local", "globo_clicks"])
def test_a_source_on_disk_needs_something_at_its_path(source: Literal["local", "globo_clicks"], tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nothing-here"):
        check_configuration(Settings(source=source, source_path=tmp_path / "nothing-here"))


def test_a_folder_that_is_watched_may_be_empty_but_must_exist(tmp_path: Path) -> None:
    def watching(folder: Path) -> Settings:
        own = UseCaseSettings(source="workbooks", source_path=folder)
        return Settings(use_cases="students", data_dir=tmp_path / "data", by_use_case={"students": own})

    check_configuration(watching(tmp_path))
    with pytest.raises(SourceError, match="nothing-here"):
        check_configuration(watching(tmp_path / "nothing-here"))


def test_a_folder_without_the_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="files/treino"):
        check_configuration(Settings(source="local", source_path=tmp_path))


def test_a_params_file_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(NEWS.params_file.read_text() + "\n[splitt]\nwindow_hours = 6\n")
    with pytest.raises(SettingsError, match=r"wrong\.toml: splitt: "):
        check_configuration(Settings(params_file=file))


def test_a_refused_start_says_why_and_nothing_else(tmp_path: Path) -> None:
    code, output = make_run(tmp_path, PAUTA_SOURCE="local")
    assert code == 1
    assert "PAUTA_SOURCE_PATH" in output
    assert len(output.splitlines()) == 1, output
    assert not (tmp_path / "home" / ".airflow").exists()


def test_a_start_beside_a_running_one_says_why_and_nothing_else(tmp_path: Path) -> None:
    state = tmp_path / "home" / ".pauta"
    state.mkdir(parents=True)
    with (state / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, output = make_run(tmp_path)
    assert code == 1
    assert "Pauta is already running" in output
    assert len(output.splitlines()) == 1, output
