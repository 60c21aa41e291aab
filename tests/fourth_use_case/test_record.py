"""Every DAG and every command that changes what users get writes exactly one entry for each decision."""

import os
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.__main__ import main
from pipelines.commands.table import COMMANDS
from script_shared.audit.trail import AuditTrail
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.releases import open_releases
from script_shared.settings import Settings, load_settings
from tests.conftest import DAGS
from tests.fourth_use_case.steps import write_csv
from tests.fourth_use_case.test_loans import ENTRY
from tests.pipelines.dags.conftest import AIRFLOWS_OWN

DRIVEN_DAGS = {"data", "training", "evaluation", "experiments", "maintenance", "releases"}  # last words of their names
CHANGING_COMMANDS = {"maintenance", "releases", "tokens"}  # driven below
READING_COMMANDS = {
    *("audit", "check-data", "events", "offline-estimate", "replay", "served"),
    "simulate-drift",  # runs steps in folders of its own
    "tracking",  # changes MLflow alone
}
ELSEWHERE = {"experiments", "guard"}  # tests of their own show their entries


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """An instance that hosts loans alone, with a CSV."""
    write_csv(tmp_path / "in.csv")
    monkeypatch.setenv("PAUTA_USE_CASES", ENTRY)
    monkeypatch.setenv("PAUTA_LOANS_SOURCE_PATH", str(tmp_path / "in.csv"))
    for name in ("DATA_DIR", "MODELS_URI", "EVALUATION_DIR", "CACHE_DIR"):
        monkeypatch.setenv(f"PAUTA_{name}", str(tmp_path / name.lower()))
    return load_settings()


class Record:
    """The entries since the last look."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._seen = settings, 0

    def new(self) -> list[tuple[str, str, str, str]]:
        """Kind, who, from and to of each; the whole record is intact."""
        with closing(EventLog(self._settings.events_address)) as log:
            assert AuditTrail(self._settings, log).check().problems == ()
            entries = list(log.audit.chain())
        found = [(entry.what, entry.who, entry.before, entry.after) for entry in entries[self._seen :]]
        self._seen = len(entries)
        return found


@pytest.fixture
def record(settings: Settings) -> Record:
    return Record(settings)


def test_every_command_is_driven_here_or_changes_nothing() -> None:
    assert set(COMMANDS) == CHANGING_COMMANDS | READING_COMMANDS | ELSEWHERE


def by_command() -> str:
    from pipelines.decisions import by_command

    return by_command()


def test_every_command_that_changes_something_writes_one_entry_each(
    settings: Settings, record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    me, runs = by_command(), ("first", "second", "third")
    for before, run_id in zip(("", *runs), runs, strict=False):
        assert main(["loans", "--run-id", run_id]) == 0
        assert record.new() == [
            ("training", me, "", ""),
            ("publish", me, "", run_id),
            ("promote", me, before, run_id),
        ]
    releases = ["releases", "--use-case", "loans"]
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.txt").write_text("x")
    steps: list[tuple[list[str], list[tuple[str, str, str, str]]]] = [
        ([*releases, "publish", str(tmp_path / "made"), "by-hand"], [("publish", me, "", "by-hand")]),
        ([*releases, "rollback"], [("rollback", me, "third", "second")]),
        ([*releases, "promote", "third"], [("promote", me, "second", "third")]),
        ([*releases, "promote", "third"], []),  # it is in service already
        ([*releases, "pin", "third", "--reason", "election day"], [("configuration", me, "pinned=", "pinned=third")]),
        ([*releases, "unpin", "third", "--reason", "over"], [("configuration", me, "pinned=third", "pinned=")]),
        ([*releases, "list"], []),
        ([*releases, "prune", "--keep", "0"], [("maintenance", me, "", "")]),
        ([*releases, "prune", "--keep", "0"], []),  # nothing is left to delete
        (["tokens", "create", "ana", "--role", "editor"], [("token", me, "", "ana")]),
        (["tokens", "list"], []),
        (["tokens", "revoke", "ana"], [("token", me, "ana", "")]),
        (["maintenance", "--use-case", "loans"], []),  # all runs are fresh
        (["audit", "list"], []),
    ]
    for command, expected in steps:
        assert main(command) == 0, command
        assert record.new() == expected, command
    partial = settings.data_dir / "loans" / "raw" / ".killed.1234.partial"
    partial.mkdir()
    os.utime(partial, (0, 0))
    assert main(["maintenance", "--use-case", "loans"]) == 0
    assert record.new() == [("maintenance", me, "", "")]
    assert main(["loans", "--run-id", "fourth", "--set", "tolerance=0.5"]) == 0
    assert [kind for kind, *_ in record.new()] == ["configuration", "training", "publish", "promote"]
    capsys.readouterr()


@pytest.fixture
def run(settings: Settings, airflow_database: None) -> Callable[..., dict[str, str]]:
    """Runs a DAG; the state of each of its tasks."""
    from airflow.dag_processing.dagbag import DagBag

    def run(name: str, **params: Any) -> dict[str, str]:
        dags = DagBag(dag_folder=str(DAGS)).dags
        assert {dag.rpartition("_")[2] for dag in dags} == DRIVEN_DAGS, "drive the new DAG in this file"
        done = dags[name].test(run_conf=params)
        return {task.task_id: str(task.state) for task in done.get_task_instances()}

    return run


@pytest.mark.airflow
@pytest.mark.slow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
def test_every_dag_writes_one_entry_for_each_decision(
    settings: Settings, record: Record, run: Callable[..., dict[str, str]]
) -> None:
    training = "dag:loans_training"
    assert run("loans_data", run_id="first")["refine"] == "success"
    assert record.new() == []  # raw data and tables change nothing for users
    run("loans_training", run_id="first")
    assert record.new() == [
        ("training", training, "", ""),
        ("publish", training, "", "first"),
        ("promote", training, "", "first"),
    ]
    run("loans_data", run_id="second")
    run("loans_training", run_id="second", force="refuse")
    assert record.new()[1:] == [("publish", training, "", "second"), ("refuse", training, "first", "second")]
    run("loans_training", run_id="second", force="promote")
    assert [(kind, before, after) for kind, _, before, after in record.new()] == [
        ("training", "", ""),
        ("publish", "", "second"),
        ("force", "first", "second"),
    ]
    run("loans_evaluation", run_id="second")
    assert record.new() == []
    run("releases", use_case="loans", action="rollback", in_service="second", reason="try", by="ana")
    assert record.new() == [("rollback", "token:ana", "second", "first")]
    partial = settings.data_dir / "loans" / "raw" / ".killed.1234.partial"
    partial.mkdir()
    os.utime(partial, (0, 0))
    run("maintenance")
    assert record.new() == [("maintenance", "dag:maintenance", "", "")]
    run("maintenance")
    assert record.new() == []
    run("experiments")
    assert record.new() == []  # none is configured


@pytest.mark.airflow
@pytest.mark.slow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
def test_a_step_that_airflow_repeats_after_its_decision_was_written_is_recorded_once(
    settings: Settings, record: Record, run: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.airflow import retries, steps

    failed: list[str] = []
    plain = steps.plain

    def lost_after_the_entry(facts: dict[str, Any]) -> dict[str, Any]:
        """The worker loses its answer once in each step that decides something."""
        name = "promote" if "promoted" in facts else "publish" if "megabytes" in facts else ""
        if name and name not in failed:
            failed.append(name)
            raise UnavailableError("the worker was lost.")
        return plain(facts)

    for name, value in {"retry_policy": None, "retry_delay": timedelta(0)}.items():
        monkeypatch.setitem(retries.DEFAULT_ARGS, name, value)
    monkeypatch.setattr(steps, "plain", lost_after_the_entry)
    run("loans_data", run_id="first")
    states = run("loans_training", run_id="first")
    assert failed == ["publish", "promote"]
    assert (states["publish"], states["promote"]) == ("success", "success")
    assert [(kind, after) for kind, _, _, after in record.new()] == [
        ("training", ""),
        ("publish", "first"),
        ("promote", "first"),
    ]
    pointer = open_releases(settings, "loans").current()
    assert pointer is not None
    assert pointer.version == "first"
