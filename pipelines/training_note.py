"""The reason of a training in its run's folder: the record of decisions and MLflow read it there."""

from collections.abc import Mapping
from typing import Any

from pipelines.runs import Run

STEP = "triggered"  # folder in the run


def write_note(run: Run, cause: str, why: str) -> None:
    """Write why a training of the run starts.

    Args:
        run: may be new.
        cause: such as ``drift``.
        why: a sentence.
    """
    with run.write(STEP) as (_, facts):
        facts.update(cause=cause, why=why)


def note_of(run: Run) -> Mapping[str, Any]:
    """``cause`` and ``why`` of the run's training; empty for a run that a person, a schedule or new data started.

    Args:
        run: any.

    Returns:
        strings by name.
    """
    if not run.complete(STEP):
        return {}
    facts = run.facts(STEP)
    return {name: str(facts[name]) for name in ("cause", "why") if facts.get(name)}


def note_tags(run: Run) -> dict[str, str]:
    """The reason as tags of the run in MLflow; empty without one.

    Args:
        run: any.

    Returns:
        values by tag.
    """
    return {f"pauta.trigger_{name}": value for name, value in note_of(run).items()}


def once_of_run(run_id: str) -> tuple[str, ...]:
    """What identifies the decision to train, for the record: the training's own first step adds no second entry.

    Args:
        run_id: of the run.

    Returns:
        parts of the entry's id.
    """
    return ("monitoring", run_id)
