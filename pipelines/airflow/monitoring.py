"""Builds ``<use case>_monitoring``: the live guard, and trainings that start when a threshold is crossed."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException, DagRunTriggerException

from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.steps import Facts, by_dag, plain
from pipelines.decisions import note_head
from pipelines.lake.session import work_on_lake
from pipelines.use_case import UseCase
from script_shared.errors import SettingsError
from script_shared.settings import load_settings

USUAL_MINUTES = 5  # while the params file cannot be read: its error is shown by the task
UNDER_WAY = ["queued", "running"]
NOTE = 1_000  # characters that Airflow keeps of a note
DOC = """
### {name}: monitoring

{guard}- `decide` checks whether drift of unused data, the age of the release or its live hit rate crosses its threshold
  (`[monitoring]` of the params file), and whether the cool-down and the daily limit allow a training. It
  also notes the end of the record of decisions beside the releases
- `start` starts `{name}_training` for drifted data that are there, else `{name}_data`, with the reason as its note

**Starts** every {minutes} minutes. If `decide` and `start` are skipped, nothing had to start; the log of `decide` says
why.
To stop it, pause this DAG, or set `monitoring.per_day = 0`{act}.
"""
GUARD_DOC = (
    "- `guard` compares the release in service with popularity and the release before; a worse one is rolled back\n"
)


def monitoring_dag(case: UseCase) -> DAG:
    """The DAG that looks at a use case every few minutes.

    Args:
        case: the use case; one without live figures gets no guard.

    Returns:
        the DAG.
    """

    @dag(**_options(case))
    def monitoring() -> None:
        @task
        def guard() -> Facts:
            from pipelines.guard.look import look

            context = _context(case)
            with work_on_lake(context.settings, context.run.root, "guard"):
                return plain(look(case, context).plain())

        @task(trigger_rule="all_done")
        def decide() -> Facts:
            from pipelines.monitoring.trigger import decide as decide_once

            airflow = get_current_context()
            context, key = _context(case), str(airflow["dag_run"].run_id)
            note_head(context.settings)
            with work_on_lake(context.settings, context.run.root, "monitoring"):
                found = plain(asdict(decide_once(case, context, by=by_dag(airflow), busy=_busy(case), key=key)))
            if not found["dag_id"]:
                raise AirflowSkipException(found["note"])
            return found

        @task
        def start(found: Any) -> None:
            raise _start_of(found)

        found = decide()
        if case.live:
            guard() >> found
        start(found)

    return monitoring()


def _options(case: UseCase) -> dict[str, Any]:
    """Name, descriptions and schedule of the DAG."""
    minutes, live = _minutes(case), bool(case.live)
    act = " and `guard.act = false`" if live else ""
    return {
        "dag_id": f"{case.name}_monitoring",
        "dag_display_name": f"{case.name}: monitoring",
        "description": "Rolls back a bad release and starts the trainings that are needed.",
        "doc_md": DOC.format(name=case.name, minutes=minutes, guard=GUARD_DOC if live else "", act=act),
        "tags": [case.name, "monitoring"],
        "schedule": f"*/{minutes} * * * *",
        "catchup": False,
        "max_active_runs": 1,
        "dagrun_timeout": timedelta(minutes=30),
        "default_args": {**DEFAULT_ARGS, "execution_timeout": timedelta(minutes=15)},
    }


def _start_of(found: dict[str, Any]) -> DagRunTriggerException:
    """The exception by which Airflow starts the run that was decided on."""
    return DagRunTriggerException(
        trigger_dag_id=found["dag_id"],
        dag_run_id=f"monitoring__{found['run_id']}",
        conf={"run_id": found["run_id"]},
        note=found["note"][:NOTE],
        reset_dag_run=False,
        skip_when_already_exists=True,
        wait_for_completion=False,
        allowed_states=["success"],
        failed_states=["failed"],
        poke_interval=60,
        deferrable=False,
    )


def _context(case: UseCase) -> Any:
    return case.context(load_settings(), "monitoring")


def _busy(case: UseCase) -> bool:
    """Whether a run of the data or training DAG waits or goes on."""
    ti = get_current_context()["ti"]
    dags = (f"{case.name}_data", f"{case.name}_training")
    return any(ti.get_dr_count(dag_id=dag_id, states=UNDER_WAY) for dag_id in dags)


def _minutes(case: UseCase) -> int:
    """From the params; a file that cannot be read must not take all DAGs away."""
    try:
        params = case.params_in(load_settings())
    except SettingsError:
        return USUAL_MINUTES
    return int(getattr(getattr(params, "monitoring", None), "every_minutes", USUAL_MINUTES))
