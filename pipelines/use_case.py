"""A use case in the pipelines: its params, steps, schedule, and optional parts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal

from pipelines.lake.session import step_on_lake
from pipelines.runs import Run, folder_of
from script_shared.errors import InputError
from script_shared.params import Params, load_params
from script_shared.releases import Releases, open_releases
from script_shared.settings import Settings

Force = Literal["promote", "refuse"]
Part = Literal[
    "evaluation",
    "maintenance",
    "erasure",
    "trained_runs",
    "training_record",
    "release_trial",
    "tried_records",
    "check",
    "greeting",
    "simulated_drift",
    "fingerprint",
    "live",
]


@dataclass(frozen=True)
class Options:
    """What a person may choose for one run; each is a DAG param and a command-line flag.

    Attributes:
        source: where raw data comes from; None takes the setting.
        source_path: folder or file of that source; None takes the setting.
        force: overrules the gate.
        refresh: download again even if the input seems unchanged.
    """

    source: str | None = None
    source_path: Path | None = None
    force: Force | None = None
    refresh: bool = False


@dataclass(frozen=True)
class Context:
    """The input of a step: settings, params, the run, and the person's options.

    Attributes:
        sources: those of the use case, the default first; empty when they are not known here.
    """

    settings: Settings
    params: Any
    run: Run
    options: Options = field(default_factory=Options)
    sources: tuple[str, ...] = ()

    @property
    def use_case(self) -> str:
        """The use case's name."""
        return self.run.root.name

    @property
    def source(self) -> str:
        """The source of raw data: the person's choice, else the setting, else the use case's first.

        Raises:
            InputError: the use case has no such source, or none at all.
        """
        name = self.options.source or self.settings.of(self.use_case).source or next(iter(self.sources), None)
        if name is None:
            raise InputError(f"{self.use_case} has no source of data.", fix="Name one in its UseCase.")
        if self.sources and name not in self.sources:
            raise InputError(f"there is no source {name!r}.", fix=f"Choose one of {', '.join(self.sources)}.")
        return name

    @property
    def source_path(self) -> Path | None:
        """Folder or file of the source: the person's choice, else the setting."""
        return self.options.source_path or self.settings.of(self.use_case).source_path

    @property
    def releases(self) -> Releases:
        """The releases of the use case."""
        return open_releases(self.settings, self.use_case)


@dataclass(frozen=True)
class Step:
    """One step; it reads earlier folders of the run, writes its own, and returns a few facts for people.

    Attributes:
        name: its verb.
        where: ``module:function``; imported when the step runs, so that a list of steps costs nothing to read.
        parts: names of parts that may run in parallel, such as the segments.
        always: runs at the end even if earlier steps failed; it never fails.
        spark: whether it runs on Spark if ``PAUTA_ENGINE`` is ``spark``.
        about: what it does, to complete the sentence "``name`` …" in the documentation of its DAG.
    """

    name: str
    where: str
    parts: tuple[str, ...] = ()
    always: bool = False
    spark: bool = False
    about: str = ""

    @property
    def action(self) -> Callable[..., dict[str, Any]]:
        """Does the step, given the context; for a step with parts, given the context and the part's name."""
        action: Callable[..., dict[str, Any]] = resolve_name(self.where)
        return action

    @property
    def folder(self) -> str:
        """The run's folder that it writes."""
        return folder_of(self.name)

    def run(self, context: Context, part: str | None = None) -> dict[str, Any]:
        """Do the step. With ``PAUTA_LAKE_URI`` it reads from the data lake, and its folders are uploaded there.

        Args:
            context: the run, its settings, params and options.
            part: one of ``parts``, None for a step without parts.

        Returns:
            the step's facts.
        """
        with step_on_lake(context.settings, context.run.root, context.run.run_id, self.name, self.folder):
            return self.action(context, part) if part else self.action(context)


@dataclass(frozen=True)
class UseCase:
    """A use case on the side of the pipelines. Functions are named as ``module:function``, and imported when called.

    Attributes:
        name: as in its entry in the registry.
        params_kind: names and types of its params.
        params_file: their values.
        data_steps: raw data to checked tables; the last one announces the run, which starts a training.
        training_steps: checked tables to a release in service; the last that is not ``always`` announces the release.
        sources: where raw data may come from, the default first.
        schedule: when the data DAG starts by itself, a cron expression in UTC; the setting ``PAUTA_<NAME>_SCHEDULE``
            overrules it. None for by hand.
        evaluation: measures the release in service on a run, given the context; returns facts.
        evaluation_schedule: when it is called, a cron expression in UTC.
        maintenance: removes what is old, given the context; returns facts.
        erasure: which releases hold erased people, given the releases and ``ErasedUsers``; how many by version.
        trained_runs: ids of the runs in which something was trained, given the use case's data folder.
        training_record: a run's ``Record`` for MLflow, given run and releases; None when nothing was trained.
        release_trial: loads a release from a backup, given its folder and the params; raises a ``ReleaseError`` if it
            cannot.
        tried_records: records for MLflow of what was tried before a training, given the run.
        simulated_drift: puts generated data with a drift into a folder, given params and folder; returns files' names.
        landing_source: the source that reads files which somebody puts into a folder.
        fingerprint: a text that changes with the files of that source, given the context; new files start the data DAG.
        live: the clicks after served lists, judged for the live guard, given the context and where the look before
            ended, see ``pipelines.guard``; its params need ``guard``.
        check: raises a ``PautaError`` when a first run would fail, given the context.
        greeting: what `make run` prints once a release is in service, given a function that gets a path of the API.
    """

    name: str
    params_kind: type[Params]
    params_file: Path
    data_steps: tuple[Step, ...]
    training_steps: tuple[Step, ...]
    sources: tuple[str, ...] = ()
    schedule: str | None = None
    evaluation: str | None = None
    evaluation_schedule: str | None = "0 */6 * * *"
    maintenance: str | None = None
    erasure: str | None = None
    trained_runs: str | None = None
    training_record: str | None = None
    release_trial: str | None = None
    tried_records: str | None = None
    simulated_drift: str | None = None
    landing_source: str | None = None
    fingerprint: str | None = None
    live: str | None = None
    check: str | None = None
    greeting: str | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return self.data_steps + self.training_steps

    def step(self, name: str) -> Step:
        """The step of that name.

        Raises:
            InputError: there is none.
        """
        for step in self.steps:
            if step.name == name:
                return step
        names = ", ".join(step.name for step in self.steps)
        raise InputError(f"{self.name} has no step {name!r}.", fix=f"Steps are: {names}.")

    def function(self, part: Part) -> Callable[..., Any]:
        """The function of a part that a use case may lack.

        Raises:
            InputError: this use case lacks it.
        """
        where: str | None = getattr(self, part)
        if where is None:
            name = part.replace("_", " ")
            raise InputError(f"The use case {self.name} has no {name}.", fix=f"Name a function in its UseCase.{part}.")
        found: Callable[..., Any] = resolve_name(where)
        return found

    def params_in(self, settings: Settings) -> Params:
        """The params, from the file that the settings name or from the use case's own.

        Raises:
            SettingsError: the file cannot be used.
        """
        return load_params(self.params_kind, settings.of(self.name).params_file or self.params_file)

    def run(self, settings: Settings, run_id: str) -> Run:
        """A run's folders."""
        return Run(settings.data_dir / self.name, run_id)

    def context(
        self, settings: Settings, run_id: str, options: Options | None = None, params: Params | None = None
    ) -> Context:
        """The context of a step of the run; ``params`` replaces those of the file.

        Args:
            settings: of this installation.
            run_id: of the run, which need not exist yet.
            options: choices of a person or of a DAG run.
            params: instead of those of the params file.

        Raises:
            SettingsError: the params file cannot be used.
        """
        used = params or self.params_in(settings)
        return Context(settings, used, self.run(settings, run_id), options or Options(), self.sources)
