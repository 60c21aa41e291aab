"""Ports, folders, secrets and environments of the local stack."""

import json
import os
import secrets
import socket
from itertools import cycle
from pathlib import Path

import pytest

from pipelines.supervisor.checks import check_ports
from pipelines.supervisor.credentials import Credentials, load_credentials, write_passwords
from pipelines.supervisor.stack import Database, Stack, airflow_environment, api_environment
from pipelines.supervisor.stack_settings import StackSettings, load_stack_settings
from script_shared.errors import SettingsError


@pytest.fixture
def listener() -> socket.socket:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def test_ports_have_defaults_and_flags_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (StackSettings().airflow_port, StackSettings().port) == (8080, 8001)
    monkeypatch.setenv("PAUTA_PORT", "9001")
    assert load_stack_settings([]).port == 9001
    assert load_stack_settings(["--port", "9002"]).api_url == "http://127.0.0.1:9002"


@pytest.mark.parametrize("bad", ["0", "65536", "http"])
def test_a_bad_port_is_named(bad: str) -> None:
    with pytest.raises(SettingsError, match="PAUTA_AIRFLOW_PORT"):
        load_stack_settings(["--airflow-port", bad])


def test_a_taken_port_names_who_has_it_and_the_variable_that_chooses_another(listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    with pytest.raises(SettingsError) as caught:
        check_ports(StackSettings(airflow_port=taken, port=free_port()))
    assert f"Port {taken} (Airflow) is taken by process {os.getpid()} (" in str(caught.value)
    assert "PAUTA_AIRFLOW_PORT=" in str(caught.value)


def test_free_ports_are_fine() -> None:
    check_ports(StackSettings(airflow_port=free_port(), port=free_port()))


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = load_credentials(tmp_path)
    assert load_credentials(tmp_path) == first
    assert len(set(first.model_dump().values())) == 6
    for file in (tmp_path / "credentials.json", write_passwords(tmp_path, first)):
        assert file.stat().st_mode & 0o777 == 0o600


def test_no_program_takes_a_secret_for_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    found = cycle(["-looks-like-a-flag", "plain"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(found))
    made = Credentials().model_dump()
    assert {made[name] for name in made if name != "fernet_key"} == {"plain"}


def test_a_secret_that_is_missing_is_made_and_the_others_stay(tmp_path: Path) -> None:
    first = load_credentials(tmp_path).model_dump()
    kept = {key: value for key, value in first.items() if key != "admin_token"}
    (tmp_path / "credentials.json").write_text(json.dumps(kept))
    second = load_credentials(tmp_path).model_dump()
    assert second["admin_token"]
    assert {key: second[key] for key in kept} == kept


def test_settings_of_another_airflow_are_not_taken_over(tmp_path: Path) -> None:
    stack_settings = StackSettings(home=tmp_path, airflow_port=1234)
    inherited = {"AIRFLOW_HOME": "/other", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://production"}
    environment = airflow_environment(stack_settings, load_credentials(stack_settings.state), inherited)
    assert environment["AIRFLOW_HOME"] == str(tmp_path / ".airflow")
    assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/.airflow/airflow.db"
    assert environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:1234/execution/"


def test_a_proxy_is_never_asked_for_the_local_addresses(tmp_path: Path) -> None:
    stack_settings = StackSettings(home=tmp_path)
    inherited = {"HTTP_PROXY": "http://proxy:3128", "no_proxy": "example.org"}
    environment = api_environment(stack_settings, load_credentials(stack_settings.state), inherited)
    assert environment["NO_PROXY"] == environment["no_proxy"] == "example.org,127.0.0.1,localhost"


def test_an_admin_token_that_is_set_already_stays(tmp_path: Path) -> None:
    stack_settings = StackSettings(home=tmp_path)
    credentials = load_credentials(stack_settings.state)
    assert api_environment(stack_settings, credentials, {})["PAUTA_ADMIN_TOKEN"] == credentials.admin_token
    assert api_environment(stack_settings, credentials, {"PAUTA_ADMIN_TOKEN": "mine"})["PAUTA_ADMIN_TOKEN"] == "mine"


def test_a_database_whose_migration_was_cut_short_is_made_again_and_a_ready_one_is_kept(tmp_path: Path) -> None:
    stack_settings = StackSettings(home=tmp_path)
    stack_settings.airflow_home.mkdir()
    file = stack_settings.airflow_home / "airflow.db"
    file.write_text("half")
    database = Database(stack_settings)
    assert not database.ready
    database.clear()
    assert not file.exists()
    file.write_text("whole")
    database.set_ready()
    database.clear()
    assert database.ready
    assert file.exists()


def test_what_runs_trainings_stands_behind_what_answers(tmp_path: Path) -> None:
    stack = Stack(StackSettings(home=tmp_path), Credentials())
    behind = {each.name for each in [stack.api(), *stack.airflow()] if each.nice > 0}
    assert behind == {"airflow-scheduler"}
