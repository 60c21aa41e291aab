"""The first release of a fresh checkout, made by Airflow's own runs."""

from datetime import datetime

from pipelines.supervisor.component_group import ComponentGroup
from pipelines.supervisor.console import say
from pipelines.supervisor.progress import RunFailedError, follow
from pipelines.supervisor.rest.airflow import AirflowRest

DATA, TRAINING = "news_data", "news_training"
LAST = "promote"  # what comes after it, people need not wait for
SECONDS = 120.0  # for Airflow to read the DAGs, or to start the training after the data


def clean_up(airflow: AirflowRest, started: datetime) -> None:
    """Mark runs from before this start as failed; the last stop ended their tasks, and they would block new ones."""
    for dag, run in airflow.unfinished(started):
        say(f"{dag}: run {run} was cut short by the last stop; marked as failed")
        airflow.give_up(dag, run)


def make_first_release(components: ComponentGroup, airflow: AirflowRest) -> None:
    """Trigger the data DAG, follow it, then follow the training that its asset starts.

    Raises:
        RunFailedError: one of the two failed, or the gate refused the candidate.
        UnavailableError: Airflow did not do its part in time.
    """
    components.wait_for("Reading the DAGs", lambda: airflow.knows(DATA) and airflow.knows(TRAINING), SECONDS)
    before = set(airflow.runs(TRAINING))
    follow(components, airflow, DATA, airflow.trigger(DATA, {}))

    def training() -> str | None:
        return next((run for run in airflow.runs(TRAINING) if run not in before), None)

    run = components.wait_for("Starting the training", training, SECONDS)
    follow(components, airflow, TRAINING, run, LAST)
    _require_promoted(airflow, run)


def _require_promoted(airflow: AirflowRest, run: str) -> None:
    """Fail if the first candidate was refused, because then there is nothing to serve."""
    for task in airflow.tasks(TRAINING, run):
        if task.task == LAST and task.state == "skipped":
            facts = airflow.result(task)
            raise RunFailedError(
                f"the first release was not promoted, so there is nothing to serve: {facts['reason']}",
                fix=f"To serve it anyway: .venv/bin/python -m pipelines releases promote {facts['version']} "
                "--reason '...', then 'make run' again.",
            )
