"""Every DAG and every command that changes what users get writes exactly one entry for each decision."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.__main__ import main
from pipelines.commands.table import COMMANDS
from script_shared.audit.decision import Decision
from script_shared.audit.head import HEAD
from script_shared.audit.trail import AuditTrail
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.releases import open_releases
from script_shared.settings import Settings, load_settings
from tests.conftest import DAGS
from tests.fourth_use_case.steps import write_csv
from tests.fourth_use_case.test_loans import ENTRY
from tests.pipelines.dags.conftest import AIRFLOWS_OWN

DRIVEN_DAGS = {"data", "training", "evaluation", "monitoring", "experiments", "maintenance", "releases"}  # last words
MONITORED = "tests.fourth_use_case.entry:MONITORED"
CHANGING_COMMANDS = {"maintenance", "releases", "tokens"}  # driven below
READING_COMMANDS = {
    *("audit", "check-data", "events", "offline-estimate", "replay", "served"),
    "simulate-drift",  # runs steps in folders of its own
    "tracking",  # changes MLflow alone
}
ELSEWHERE = {"experiments", "guard"}  # tests of their own show their entries


@pytest.fixture
def entry() -> str:
    """The use case's line of the registry; a test with parameters of this name replaces it."""
    return ENTRY


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entry: str) -> Settings:
    """An instance that hosts loans alone, with a CSV."""
    write_csv(tmp_path / "in.csv")
    monkeypatch.setenv("PAUTA_USE_CASES", entry)
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
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()

    def run(name: str, **params: Any) -> dict[str, str]:
        bag = DagBag(dag_folder=str(DAGS))
        sync_bag_to_db(bag, "dags-folder", None)  # so that one DAG can start another
        done = bag.dags[name].test(run_conf=params)
        return {task.task_id: str(task.state) for task in done.get_task_instances()}

    return run


def end_started_runs() -> None:
    """Nothing schedules the runs that a monitoring DAG has started; while they wait, it starts no other."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for dag_id in ("loans_data", "loans_training"):
            for waiting in DagRun.find(dag_id=dag_id, session=session):
                waiting.set_state("success")


@pytest.mark.airflow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
@pytest.mark.parametrize(
    ("entry", "without"), [(ENTRY, {"monitoring"}), (MONITORED, set()), ("news,students,recruiting", set())]
)
def test_every_kind_of_dag_is_driven_here(settings: Settings, without: set[str]) -> None:
    from airflow.dag_processing.dagbag import DagBag

    kinds = {name.rpartition("_")[2] for name in DagBag(dag_folder=str(DAGS)).dags}
    assert kinds == DRIVEN_DAGS - without, "drive the new DAG in this file"


@pytest.mark.airflow
@pytest.mark.slow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
@pytest.mark.parametrize("entry", [MONITORED])
def test_a_training_that_the_monitoring_decides_has_exactly_one_entry(
    settings: Settings, record: Record, run: Callable[..., dict[str, str]]
) -> None:
    monitoring, training = "dag:loans_monitoring", "dag:loans_training"
    run("loans_data", run_id="first")
    assert run("loans_monitoring") == {"decide": "skipped", "start": "skipped"}
    assert record.new() == []  # without a release in service there is nothing to decide
    run("loans_training", run_id="first")
    run("loans_data", run_id="drifted")
    record.new()
    compared = {"run_id": "drifted", "alarm": True, "columns": [{"column": "loans", "level": "large", "used": True}]}
    figures = settings.evaluation_dir / "loans" / "drift.json"
    figures.parent.mkdir(parents=True, exist_ok=True)
    figures.write_text(json.dumps({"comparisons": {"long_term": compared}}))
    assert run("loans_monitoring") == {"decide": "success", "start": "success"}
    assert record.new() == [("training", monitoring, "", "")]
    end_started_runs()
    run("loans_training", run_id="drifted")
    assert record.new() == [("publish", training, "", "drifted"), ("promote", training, "first", "drifted")]
    run("loans_monitoring")  # the release is too old: new data
    assert record.new() == [("training", monitoring, "", "")]
    new_run = json.loads((settings.data_dir / "loans" / "monitoring.json").read_text())["trainings"][-1]["run_id"]
    end_started_runs()
    run("loans_data", run_id=new_run)
    run("loans_training", run_id=new_run)
    assert record.new() == [("publish", training, "", new_run), ("promote", training, "drifted", new_run)]
    assert run("loans_monitoring") == {"decide": "skipped", "start": "skipped"}
    assert record.new() == []  # no more than two a day


@pytest.mark.airflow
@pytest.mark.slow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
@pytest.mark.parametrize("entry", [MONITORED])
@pytest.mark.parametrize("dag", ["loans_monitoring", "maintenance"])
def test_what_the_api_recorded_last_is_noted_beside_the_releases_by_a_dag(
    settings: Settings, run: Callable[..., dict[str, str]], dag: str
) -> None:
    settings.data_dir.mkdir(parents=True)
    with closing(EventLog(settings.events_address)) as log:
        last = log.audit.append(
            Decision("token:ana", "editorial", why="an article hidden")
        )  # as the API, in a container
    run(dag)
    noted = json.loads((Path(settings.models_uri) / HEAD).read_text())
    assert noted == {"number": last.number, "hash": last.hash}


@pytest.mark.airflow
@pytest.mark.slow
@pytest.mark.filterwarnings(*AIRFLOWS_OWN)
@pytest.mark.parametrize("entry", [MONITORED])
def test_a_decision_of_the_monitoring_that_airflow_repeats_starts_its_training_and_is_recorded_once(
    settings: Settings, record: Record, run: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.airflow import monitoring, retries

    failed: list[str] = []
    plain = monitoring.plain

    def lost_once(facts: dict[str, Any]) -> dict[str, Any]:
        if facts.get("dag_id") and not failed:
            failed.append(facts["run_id"])
            raise UnavailableError("the worker was lost.")
        return plain(facts)

    monkeypatch.setattr(monitoring, "plain", lost_once)
    for name, value in {"retry_policy": None, "retry_delay": timedelta(0)}.items():
        monkeypatch.setitem(retries.DEFAULT_ARGS, name, value)
    assert main(["loans", "--run-id", "first"]) == 0
    record.new()
    end_started_runs()
    assert run("loans_monitoring") == {"decide": "success", "start": "success"}
    trainings = json.loads((settings.data_dir / "loans" / "monitoring.json").read_text())["trainings"]
    assert [each["run_id"] for each in trainings] == failed
    assert record.new() == [("training", "dag:loans_monitoring", "", "")]


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
