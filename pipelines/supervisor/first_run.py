"""The first release of a use case, made by Airflow's own runs."""

from datetime import datetime

from pipelines.supervisor.component_group import ComponentGroup
from pipelines.supervisor.console import say
from pipelines.supervisor.progress import RunFailedError, follow
from pipelines.supervisor.rest.airflow import AirflowRest

LAST = "promote"  # what comes after it, people need not wait for
SECONDS = 120.0  # for Airflow to read the DAGs, or to start the training after the data


def clean_up(airflow: AirflowRest, started: datetime) -> None:
    """Mark runs from before this start as failed; the last stop ended their tasks, and they would block new ones."""
    for dag, run in airflow.unfinished(started):
        say(f"{dag}: run {run} was cut short by the last stop; marked as failed")
        airflow.give_up(dag, run)


def make_first_release(components: ComponentGroup, airflow: AirflowRest, use_case: str) -> None:
    """Trigger the use case's data DAG, follow it, then follow the training that its asset starts.

    Raises:
        RunFailedError: one of the two failed, or the gate refused the candidate.
        UnavailableError: Airflow did not do its part in time.
    """
    data, training = f"{use_case}_data", f"{use_case}_training"
    components.wait_for("Reading the DAGs", lambda: airflow.knows(data) and airflow.knows(training), SECONDS)
    before = set(airflow.runs(training))
    follow(components, airflow, data, airflow.trigger(data, {}))

    def started() -> str | None:
        return next((run for run in airflow.runs(training) if run not in before), None)

    run = components.wait_for("Starting the training", started, SECONDS)
    follow(components, airflow, training, run, LAST)
    _require_promoted(airflow, use_case, run)


def _require_promoted(airflow: AirflowRest, use_case: str, run: str) -> None:
    """Fail if the first candidate was refused, because then there is nothing to serve."""
    for task in airflow.tasks(f"{use_case}_training", run):
        if task.task == LAST and task.state == "skipped":
            facts = airflow.result(task)
            raise RunFailedError(
                f"the first release was not promoted, so there is nothing to serve: {facts['reason']}",
                fix=f"To serve it anyway: .venv/bin/python -m pipelines releases --use-case {use_case} "
                f"promote {facts['version']} --reason '...', then 'make run' again.",
            )
