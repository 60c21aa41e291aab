"""Every DAG and every command that changes what users get writes exactly one entry for each decision."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.__main__ import main
from pipelines.commands.table import COMMANDS
from script_shared.errors import UnavailableError
from script_shared.releases import open_releases
from script_shared.settings import Settings
from tests.conftest import DAGS
from tests.fourth_use_case.conftest import ENTRY, Record
from tests.pipelines.dags.conftest import AIRFLOWS_OWN

DRIVEN_DAGS = {"data", "training", "evaluation", "monitoring", "experiments", "maintenance", "releases"}  # last words
NO_DECISION_DAGS = {"backup"}  # copies what is there
MONITORED = "tests.fourth_use_case.entry:MONITORED"
CHANGING_COMMANDS = {"maintenance", "releases", "tokens"}  # driven below
READING_COMMANDS = {
    *("audit", "check-data", "events", "offline-estimate", "replay", "served"),
    "student-features",  # each look is in the access record of the students
    "simulate-drift",  # runs steps in folders of its own
    "tracking",  # changes MLflow alone
    "backup",  # copies what is there, and removes old copies
}
ELSEWHERE = {"experiments", "guard"}  # tests of their own show their entries


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


@pytest.mark.airflow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
@pytest.mark.parametrize(
    ("entry", "without"), [(ENTRY, {"monitoring"}), (MONITORED, set()), ("news,students,recruiting", set())]
)
def test_every_kind_of_dag_is_driven_here(settings: Settings, without: set[str]) -> None:
    from airflow.dag_processing.dagbag import DagBag

    kinds = {name.rpartition("_")[2] for name in DagBag(dag_folder=str(DAGS)).dags}
    assert kinds == (DRIVEN_DAGS | NO_DECISION_DAGS) - without, "drive the new DAG in this file"


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
