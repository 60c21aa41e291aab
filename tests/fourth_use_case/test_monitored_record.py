"""A training that the monitoring starts has exactly one entry, and its DAG notes the end of the record."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.__main__ import main
from script_shared.audit.head import HEAD
from script_shared.decisions.decision import Decision
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.settings import Settings
from tests.fourth_use_case.conftest import Record
from tests.pipelines.dags.conftest import AIRFLOWS_OWN

MONITORED = "tests.fourth_use_case.entry:MONITORED"
pytestmark = [
    pytest.mark.airflow,
    pytest.mark.slow,
    pytest.mark.filterwarnings(*AIRFLOWS_OWN),
    pytest.mark.parametrize("entry", [MONITORED]),
]


def end_started_runs() -> None:
    """End the runs that a monitoring DAG started: nothing runs them here, and while they wait, it starts no others."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    with create_session() as session:
        for dag_id in ("loans_data", "loans_training"):
            for waiting in DagRun.find(dag_id=dag_id, session=session):
                waiting.set_state("success")


def test_a_training_that_the_monitoring_starts_has_exactly_one_entry(
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


@pytest.mark.parametrize("dag", ["loans_monitoring", "maintenance"])
def test_a_dag_notes_the_last_entry_of_the_api_beside_the_releases(
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
