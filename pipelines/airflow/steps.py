"""Runs a task: find its run, build the context and call the use case's step."""

import json
import logging
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from airflow.sdk import Asset
from structlog.contextvars import bind_contextvars

from pipelines.airflow.params import options_of
from pipelines.configuration import note_configuration
from pipelines.decisions import note_step
from pipelines.runs import newest_run
from pipelines.spark.submission import submit_step
from pipelines.tracing.step_spans import step_span
from pipelines.use_case import Context, Step, UseCase
from script_shared.environments import check_environment
from script_shared.environments.production import TRAINING
from script_shared.errors import RunError
from script_shared.settings import load_settings

Facts = dict[str, Any]
AirflowContext = Mapping[str, Any]
log = logging.getLogger(__name__)


def step_context(case: UseCase, run_id: str, airflow: AirflowContext) -> Context:
    """Settings and params as they are now, the run's folders, and the choices made when the DAG was started.

    Settings and params that differ from those of the last task are recorded: a file may change during a run.

    Args:
        case: the use case.
        run_id: of the run.
        airflow: context of the task; its ``params`` are the choices.
    """
    settings = load_settings()
    check_environment(settings, TRAINING)
    bind_contextvars(environment=settings.env)  # of every later line of this task's log
    context = case.context(settings, run_id, options_of(airflow["params"]))
    note_configuration(context, by_dag(airflow))
    return context


def run_step(case: UseCase, step: Step, run_id: str, airflow: AirflowContext, part: str | None = None) -> Facts:
    """Run one step, or one part of it; returns its facts as plain JSON.

    Args:
        case: the use case.
        step: one of its steps.
        run_id: of the run, whose folders the step reads and writes.
        airflow: context of the task.
        part: one of ``step.parts``, None for a step without parts.
    """
    context = step_context(case, run_id, airflow)
    with step_span(context, step.name, part or ""):
        by_spark = step.spark and context.settings.engine == "spark"
        facts = submit_step(context, step, part) if by_spark else step.run(context, part)
    if not step.parts or part == step.parts[0]:
        note_step(case, context, step, facts, by_dag(airflow), _why(airflow), once_of(airflow))
    return plain({"run_id": run_id, **facts})


def by_dag(airflow: AirflowContext) -> str:
    """The record's name of the DAG."""
    return f"dag:{airflow['dag_run'].dag_id}"


def once_of(airflow: AirflowContext) -> tuple[str, ...]:
    """What all tries of a task have in common; a person who clears the task starts another series of tries."""
    run, task = airflow["dag_run"], airflow["ti"]
    return str(run.dag_id), str(run.run_id), str(task.task_id), str(task.map_index), str(task.max_tries)


def _why(airflow: AirflowContext) -> str:
    """How the run of the DAG was started: by hand, by its schedule, or by an asset, such as new files."""
    run = airflow["dag_run"]
    return f"started as {getattr(run.run_type, 'value', run.run_type)}: {run.run_id}"


def plain(facts: Facts) -> Facts:
    """The facts as JSON holds them, so that they can travel between tasks; also written into the task's log."""
    text = json.dumps(facts, indent=2, default=str)
    log.info("%s", text)
    restored: Facts = json.loads(text)
    return restored


def data_run_id(airflow: AirflowContext) -> str:
    """The run that a data DAG writes: the param, or an id made of the DAG run's own, the same in every task and try."""
    asked = airflow["params"].get("run_id")
    if asked:
        return str(asked)
    dag_run = airflow["dag_run"]
    digest = blake2b(dag_run.run_id.encode(), digest_size=2).hexdigest()
    return f"{dag_run.run_after:%Y%m%dT%H%M%SZ}-{digest}"


def refined_run_id(case: UseCase, asset: Asset, airflow: AirflowContext) -> str:
    """The run to train or evaluate on: the param, else the one the asset event names, else the newest checked one.

    Args:
        case: the use case.
        asset: of its refined data.
        airflow: context of the task.

    Raises:
        RunError: there is no run with refined and checked data yet.
    """
    asked = airflow["params"].get("run_id") or _announced_run(asset, airflow)
    latest = asked or newest_run(load_settings(), case.name, case.data_steps[-1].folder)
    if latest is None:
        raise RunError(f"{case.name} has no refined data yet.", fix=f"Trigger the DAG {case.name}_data first.")
    return str(latest)


def _announced_run(asset: Asset, airflow: AirflowContext) -> str | None:
    """The run named by the newest event that started this DAG run; None for a run started by hand."""
    events = airflow["triggering_asset_events"]
    named = [event.extra["run_id"] for event in events.get(asset, []) if event.extra and "run_id" in event.extra]
    return str(named[-1]) if named else None
