"""What a use case is to the pipelines: a name, its params and its steps in order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal

from pipelines.runs import Run
from script_shared.errors import InputError
from script_shared.params import Params
from script_shared.settings import Settings

Force = Literal["promote", "refuse"]


@dataclass(frozen=True)
class Options:
    """What a person may choose for one run; each is a DAG param and a command-line flag.

    Attributes:
        source: where raw data comes from; None takes the setting.
        source_path: folder or file of that source; None takes the setting.
        force: overrules the gate.
        refresh: download again although the input seems unchanged.
    """

    source: str | None = None
    source_path: Path | None = None
    force: Force | None = None
    refresh: bool = False


@dataclass(frozen=True)
class Context:
    """All that a step is handed: where, what, which run, and the person's choices."""

    settings: Settings
    params: Any
    run: Run
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Step:
    """One step; it reads earlier folders of the run, writes its own, and returns a few facts for people.

    Attributes:
        name: its verb.
        where: ``module:function``; imported when the step runs, so that a list of steps costs nothing to read.
        parts: names of parts that may run in parallel, such as the segments.
        always: runs at the end even if earlier steps failed; it never fails.
    """

    name: str
    where: str
    parts: tuple[str, ...] = ()
    always: bool = False

    @property
    def action(self) -> Callable[..., dict[str, Any]]:
        """Does the step, given the context; for a step with parts, given the context and the part's name."""
        action: Callable[..., dict[str, Any]] = resolve_name(self.where)
        return action


@dataclass(frozen=True)
class UseCase:
    """One name on three floors."""

    name: str
    params_kind: type[Params]
    params_file: Path
    steps: tuple[Step, ...]

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
