"""The command line for the tracking, and the commands for releases that MLflow follows."""

from pathlib import Path

import pytest

from pipelines.commands import releases as releases_cli
from pipelines.tracking import cli
from pipelines.tracking.cli import main
from script_shared.errors import InputError
from script_shared.settings import Settings
from tests.pipelines.tracking.made import settings_of, whole
from tests.pipelines.tracking.seen import registry


def test_status_tells_what_waits_and_what_differs_until_it_is_reconciled(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    releases = whole(settings, "r1").releases
    releases.promote("r1", "test")
    assert main(["reconcile"], settings) == 0
    assert "recorded: 1 trainings, 1 releases\nalias candidate: r1\nalias production: r1\n" in capsys.readouterr().out
    assert main(["status"], settings) == 0
    whole(settings, "r2", 100)
    releases.promote("r2", "test")
    capsys.readouterr()
    assert main(["status"], settings) == 1
    told = capsys.readouterr().out
    assert "missing     1 trainings, since r2\n" in told
    assert "production  r1  but the releases say r2\n" in told
    assert main(["reconcile"], settings) == 0
    assert main(["status"], settings) == 0


def test_status_of_a_server_that_is_down_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = settings_of(tmp_path, "http://127.0.0.1:9")
    whole(settings, "r1")
    assert main(["reconcile"], settings) == 1
    assert "1 wait: MLflow does not answer" in capsys.readouterr().out
    assert main(["status"], settings) == 1
    told = capsys.readouterr().out
    assert "missing     unknown, of 1 trainings, since r1\n" in told
    assert "aliases     unknown: MLflow does not answer" in told


def test_where_tracking_is_off_the_commands_say_so_and_succeed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"], settings_of(tmp_path)) == 0
    assert capsys.readouterr().out.startswith("MLflow is disabled: set PAUTA_MLFLOW_URI")


def test_a_person_who_rolls_back_moves_the_alias(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    releases = whole(settings, "r1").releases
    whole(settings, "r2", 100)
    releases.promote("r1", "test")
    monkeypatch.setattr("pipelines.tracking.step.reconcile_apart", _here)
    assert releases_cli.main(["promote", "r2", "--by", "ana"], settings) == 0
    assert "Recorded in MLflow." in capsys.readouterr().err
    assert registry(str(settings.mlflow_address))["aliases"]["production"] == "r2"
    releases_cli.main(["rollback", "--by", "ana"], settings)
    assert registry(str(settings.mlflow_address))["aliases"]["production"] == "r1"


def test_a_person_who_promotes_while_mlflow_is_down_is_told_and_the_pointer_has_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path, "http://127.0.0.1:9")
    releases = whole(settings, "r1").releases
    monkeypatch.setattr("pipelines.tracking.step.reconcile_apart", _here)
    assert releases_cli.main(["promote", "r1"], settings) == 0
    assert "MLflow gets it later: MLflow does not answer" in capsys.readouterr().err
    pointer = releases.current()
    assert pointer is not None
    assert pointer.version == "r1"


def _here(settings: Settings, use_case: str) -> dict[str, object]:
    """As ``reconcile_apart`` does it, without the process of its own, which costs seconds."""
    outcome = cli.reconcile(settings, use_case)
    return {"recorded": not outcome.problem, "problem": outcome.problem}


def test_the_ui_listens_on_the_loopback_address_alone_with_jobs_and_telemetry_off(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(cli, "_become", lambda command, more: started.append((list(command), more)))
    assert main(["ui", "--port", "5001"], settings) == 0
    [(command, environment)] = started
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "5001"
    assert command[command.index("--backend-store-uri") + 1] == settings.mlflow_address
    assert environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_without_an_embedded_mlflow_there_is_no_ui(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no embedded MLflow"):
        main(["ui"], settings_of(tmp_path, None))
