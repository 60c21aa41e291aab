"""Writes the decisions of steps and commands into the record of decisions."""

import getpass
import logging
import sys
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pipelines.training_note import note_of, once_of_run
from pipelines.use_case import Context, Step, UseCase
from script_shared.decisions.decision import Decision
from script_shared.decisions.kinds import (
    Cause,
    Once,
    drift_decision,
    identify_decision,
    maintenance_decision,
    training_decision,
)
from script_shared.errors import PautaError
from script_shared.settings import Settings

NO_DELETIONS = ("erased_waiting", "erased_unreadable", "releases_with_erased")  # facts of maintenance
FIGURES = ("accepted", "reasons", "in_service", "forced")
log = logging.getLogger("pauta.pipelines")


def record(settings: Settings, decision: Decision) -> None:
    """Write a decision that was carried out; a failure is printed and stops nothing.

    Args:
        settings: ``events_address`` says where the record is.
        decision: what was done, by whom and why.
    """
    from script_shared.audit.trail import record_once  # here, because Airflow imports the DAG files again and again

    try:
        recorded = record_once(settings, decision)
    except PautaError as error:
        log.error("%s", error.log_text)
        print(f"The decision could not be recorded: {error}", file=sys.stderr)
        return
    if not recorded:
        print("The database is unreachable: the decision waits and is recorded later.", file=sys.stderr)


def note_head(settings: Settings) -> None:
    """Note the end of the record beside the releases, where the API may not write; a failure is logged.

    Args:
        settings: as for ``record``.
    """
    from script_shared.audit.trail import note_head_once

    try:
        note_head_once(settings)
    except PautaError as error:
        log.error("%s", error.log_text)


def user_name() -> str:
    """The name under which the person who runs a command is logged in to the operating system."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        return "person"


def by_command() -> str:
    """The record's name of the user of a command."""
    return f"command:{user_name()}"


def note_step(
    case: UseCase,
    context: Context,
    step: Step,
    facts: Mapping[str, Any],
    by: str,
    why: str = "",
    once: Once = (),
) -> None:
    """Record the decision of a finished step: release published, promoted or refused, or drift found; else nothing.

    Args:
        case: says which step begins a training.
        context: the run, its settings, params and options.
        step: the step that has finished.
        facts: the result of the step.
        by: ``dag:`` or ``command:`` and a name.
        why: why the run was started, for the first step of a training.
        once: what identifies this execution of the step; a repetition with the same parts adds no entry.
    """
    once = (*once, context.run.run_id, step.name) if once else ()
    for decision in _of_step(case, context, step, facts, by, why, once):
        record(context.settings, decision)


def _of_step(
    case: UseCase, context: Context, step: Step, facts: Mapping[str, Any], by: str, why: str, once: Once
) -> Iterator[Decision]:
    run = {"run": context.run.run_id}
    if step.name == case.training_steps[0].name:
        yield _of_training(case, context, by, why, once)
    if step.name == "publish" and "version" in facts:
        yield identify_decision(Decision(by, "publish", case.name, after=str(facts["version"]), evidence=run), once)
    if "promoted" in facts:
        yield identify_decision(_of_promotion(case, context, facts, by), once)
    if facts.get("alarm") is True:
        why = " ".join(map(str, facts.get("sentences", [])))
        columns = [str(name) for name in facts.get("drifted", [])]
        yield drift_decision(by, case.name, run=context.run.run_id, columns=columns, why=why, once=once)


def note_maintenance(context: Context, facts: Mapping[str, Any], by: str) -> None:
    """Record what maintenance deleted; nothing if it deleted nothing.

    Args:
        context: the run, its settings, params and options.
        facts: its result: lists of names, numbers, and numbers by name.
        by: ``dag:`` or ``command:`` and a name.
    """
    counts = {name: _size(value) for name, value in facts.items() if name not in NO_DELETIONS}
    if any(counts.values()):
        names = {name: facts[name] for name in ("releases", "runs", "erased_from_releases") if facts.get(name)}
        record(context.settings, maintenance_decision(by, context.use_case, counts, evidence=names))


def _size(deleted: Any) -> int:
    if isinstance(deleted, Mapping):
        return sum(map(_size, deleted.values()))
    return len(deleted) if isinstance(deleted, list | tuple) else int(deleted) if isinstance(deleted, int) else 0


def _of_training(case: UseCase, context: Context, by: str, why: str, once: Once) -> Decision:
    """A training that a program started for a reason was recorded when it was decided; its first step says the same."""
    run = context.run
    note = {} if run.complete("gated") else note_of(run)  # a person may train on the run of an earlier training
    if note:
        cause, once = cast(Cause, note["cause"]), once_of_run(run.run_id)
        return training_decision(by, case.name, cause=cause, why=note["why"], evidence={"run": run.run_id}, once=once)
    return training_decision(by, case.name, cause=cause_of(why), why=why, evidence={"run": run.run_id}, once=once)


def cause_of(why: str) -> Cause:
    """The cause of a run, from the sentence that its DAG or command gives.

    >>> cause_of("started as scheduled: scheduled__2026-01-01"), cause_of("started as asset_triggered: x")
    ('schedule', 'data')
    """
    started = {"scheduled": "schedule", "asset_triggered": "data"}
    found = next((cause for word, cause in started.items() if f"started as {word}" in why), "person")
    return cast(Cause, found)


def _of_promotion(case: UseCase, context: Context, facts: Mapping[str, Any], by: str) -> Decision:
    gate = context.run.facts("gated")
    evidence = {"run": context.run.run_id, **{name: gate[name] for name in FIGURES if name in gate}}
    version, before = str(facts["version"]), str(gate.get("in_service") or "")
    reason = "; ".join([str(facts.get("reason", "")), *map(str, facts.get("reasons", []))])
    if not facts["promoted"]:
        return Decision(by, "refuse", case.name, before, version, reason, evidence)
    forced = "forced" in str(facts.get("reason", ""))
    return Decision(by, "force" if forced else "promote", case.name, before, version, reason, evidence)
