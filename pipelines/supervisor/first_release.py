"""Each use case of the instance gets its first release under `make run`, from Airflow's own runs, shown as they run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.raw_files.arrival import is_watched
from pipelines.supervisor.airflow import AirflowRest, TaskState
from pipelines.supervisor.api import ApiRest
from pipelines.supervisor.components import ComponentGroup
from pipelines.supervisor.console import say, say_block, show_work
from pipelines.use_case import UseCase
from script_shared.errors import PautaError, UnavailableError
from script_shared.releases import open_releases
from script_shared.settings import Settings
from script_shared.use_cases import entries

LOAD_SECONDS = 300.0  # on a busy machine; a refusal ends the wait at once
DAG_SECONDS = 120.0  # for Airflow to read the DAGs, or to start the training after the data
RUN_SECONDS = 86_400.0
POLL_SECONDS = 0.7  # each look costs Airflow's API some time that the tasks could use
LAST = "promote"  # what comes after it, people need not wait for
ENDED = ("success", "failed", "skipped", "upstream_failed", "removed")


class RunFailedError(PautaError):
    """A DAG run failed; the message ends with the error of the task that failed."""


def promoted_releases(settings: Settings) -> dict[str, str]:
    """The release that the pointer of each use case names, "" for none, in the order of ``PAUTA_USE_CASES``.

    Raises:
        UnavailableError: the release store cannot be read.
    """
    pointers = {name: open_releases(settings, name).current() for name in entries(settings.use_cases)}
    return {name: pointer.version if pointer else "" for name, pointer in pointers.items()}


def clean_up(airflow: AirflowRest, started: datetime) -> None:
    """Mark runs from before this start as failed; the last stop ended their tasks, and they would block new ones."""
    for dag, run in airflow.unfinished_runs(started):
        say(f"{dag}: run {run} was cut short by the last stop; marked as failed")
        airflow.give_up(dag, run)


@dataclass(frozen=True)
class FirstRelease:
    """The first release of one use case, made or found.

    Attributes:
        promoted: the release that its pointer named at the start, "" for none.
    """

    case: UseCase
    settings: Settings
    components: ComponentGroup
    api: ApiRest
    airflow: AirflowRest
    promoted: str

    def make(self) -> None:
        """Trigger the data DAG, follow it and the training that its asset starts, and wait until the API serves it.

        Raises:
            RunFailedError: a run failed, or the gate refused the candidate.
            UnavailableError: Airflow or the API did not do its part in time.
        """
        name, airflow = self.case.name, self.airflow
        say(f"{name}: making the first release from the source '{self.case.context(self.settings, 'first').source}'")
        data, training = f"{name}_data", f"{name}_training"
        self.components.wait_for(
            "Reading the DAGs", lambda: airflow.knows(data) and airflow.knows(training), DAG_SECONDS
        )
        before = set(airflow.runs(training))
        follow(self.components, airflow, data, airflow.trigger(data, {}))

        def find_start() -> str | None:
            return next((run for run in airflow.runs(training) if run not in before), None)

        run = self.components.wait_for("Starting the training", find_start, DAG_SECONDS)
        follow(self.components, airflow, training, run, LAST)
        self._require_promoted(airflow.tasks(training, run))
        self._say_served()

    def make_or_say(self) -> None:
        """The same for a use case that is not the first: its failure is reported, and the others continue."""
        if self.promoted:
            self.greet()
            return
        try:
            self.make()
        except (RunFailedError, UnavailableError) as error:
            say(f"{self.case.name} has no release. {error.log_text}")
            if is_watched(self.case, self.settings):
                place = self.settings.of(self.case.name).source_path
                say(f"{self.case.name}: its next run starts when files arrive at {place}")

    def make_or_wait(self) -> None:
        """The same for the first use case: a failure ends the start, unless arriving files will start its next run."""
        if is_watched(self.case, self.settings):
            self.make_or_say()
        else:
            self.make()

    def greet(self) -> None:
        """Say which release is served, where one was promoted earlier."""
        say(f"{self.case.name}: release {self.promoted} was promoted earlier: nothing is trained")
        self._say_served()

    def _require_promoted(self, tasks: list[TaskState]) -> None:
        """Fail if the first candidate was refused, because then there is nothing to serve."""
        for task in tasks:
            if task.task_id == LAST and task.state == "skipped":
                facts = self.airflow.result(task)
                raise RunFailedError(
                    f"the first release was not promoted, so there is nothing to serve: {facts['reason']}",
                    fix=f"To serve it anyway: .venv/bin/python -m pipelines releases --use-case {self.case.name} "
                    f"promote {facts['version']} --reason '...', then 'make run' again.",
                )

    def _say_served(self) -> None:
        name = self.case.name
        if entries(self.settings.use_cases)[name].app is None:
            return  # the API does not serve it
        ready = self.components.wait_for("Loading the release", lambda: self.api.readiness(name), LOAD_SECONDS)
        if ready.refused:
            say(f"{name}: the release cannot be served: {ready.refused}")
            listing = f".venv/bin/python -m pipelines releases --use-case {name} list"
            say(f"trigger {name}_data in Airflow for a new one, or take another: {listing}")
            return
        say(f"{name}: serving release {ready.release} on {ready.clock}")
        if self.case.greeting is not None:
            say_block(self.case.function("greeting")(self.api.get))


def follow(components: ComponentGroup, airflow: AirflowRest, dag: str, run: str, last: str = "") -> None:
    """Show the run's tasks until it has ended, or until its task ``last`` has ended well: the rest may take its time.

    Raises:
        RunFailedError: it failed.
        UnavailableError: a component ended too often.
    """
    shown: set[tuple[str, int]] = set()

    def end_state() -> str | None:
        state, tasks = airflow.state(dag, run), airflow.tasks(dag, run)
        _show(tasks, shown)
        if any(task.task_id == last and task.state in ("success", "skipped") for task in tasks):
            return "success"
        return state if state in ("success", "failed") else None

    if components.wait_for(f"The run of {dag}", end_state, RUN_SECONDS, every=POLL_SECONDS) == "failed":
        raise _failure(airflow, dag, run)


def _show(tasks: Iterable[TaskState], shown: set[tuple[str, int]]) -> None:
    """Print a line for each newly finished task, and the active ones on the changing line."""
    at_work = []
    for task in tasks:
        key = (task.task_id, task.map_index)
        if task.state in ENDED and key not in shown:
            shown.add(key)
            say(f"{task.dag_id:<14} {task.label:<22} {task.state:<15} {task.duration or 0.0:6.1f} s")
        elif task.state and task.state not in ENDED:
            at_work.append(task.label if task.state == "running" else f"{task.label} ({task.state})")
    if at_work:
        show_work("at work: " + ", ".join(at_work))


def _failure(airflow: AirflowRest, dag: str, run: str) -> RunFailedError:
    failed = [task for task in airflow.tasks(dag, run) if task.state == "failed"]
    if not failed:
        return RunFailedError(f"{dag} failed without a failed task.", fix="It may have run out of its time.")
    log = "\n".join(f"    {line}" for line in airflow.failure(failed[0]))
    names = ", ".join(task.label for task in failed)
    return RunFailedError(f"{dag} failed at {names}:\n{log}\n")
