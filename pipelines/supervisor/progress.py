"""Follows a DAG run to its end and shows each task as it ends."""

from collections.abc import Iterable

from pipelines.supervisor.component_group import ComponentGroup
from pipelines.supervisor.console import now, say
from pipelines.supervisor.rest.airflow import AirflowRest, TaskState
from script_shared.errors import PautaError

ENDED = ("success", "failed", "skipped", "upstream_failed", "removed")
DAY_SECONDS = 86_400.0
POLL_SECONDS = 0.7  # each look costs Airflow's API some time that the tasks could use


class RunFailedError(PautaError):
    """A DAG run failed; the message ends with the error of the task that failed."""


def follow(components: ComponentGroup, airflow: AirflowRest, dag: str, run: str, last: str = "") -> None:
    """Show the run's tasks until it has ended, or until its task ``last`` has ended well: the rest may take its time.

    Raises:
        RunFailedError: it failed.
        UnavailableError: a component ended too often.
    """
    shown: set[tuple[str, int]] = set()

    def ended() -> str | None:
        state, tasks = airflow.state(dag, run), airflow.tasks(dag, run)
        _show(tasks, shown)
        if any(task.task == last and task.state in ("success", "skipped") for task in tasks):
            return "success"
        return state if state in ("success", "failed") else None

    if components.wait_for(f"The run of {dag}", ended, DAY_SECONDS, every=POLL_SECONDS) == "failed":
        raise _failure(airflow, dag, run)


def _show(tasks: Iterable[TaskState], shown: set[tuple[str, int]]) -> None:
    """Print a line for each newly finished task, and the active ones on the changing line."""
    at_work = []
    for task in tasks:
        key = (task.task, task.map_index)
        if task.state in ENDED and key not in shown:
            shown.add(key)
            say(f"{task.dag:<14} {task.label:<22} {task.state:<15} {task.seconds:6.1f} s")
        elif task.state not in ENDED and task.state != "waiting":
            at_work.append(f"{task.label} ({task.state})" if task.state != "running" else task.label)
    if at_work:
        now("at work: " + ", ".join(at_work))


def _failure(airflow: AirflowRest, dag: str, run: str) -> RunFailedError:
    failed = [task for task in airflow.tasks(dag, run) if task.state == "failed"]
    if not failed:
        return RunFailedError(f"{dag} failed without a failed task.", fix="It may have run out of its time.")
    log = "\n".join(f"    {line}" for line in airflow.failure(failed[0]))
    names = ", ".join(task.label for task in failed)
    return RunFailedError(f"{dag} failed at {names}:\n{log}\n")
