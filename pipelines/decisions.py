"""Writes the decisions of steps and commands into the record of decisions."""

import logging
import sys
from collections.abc import Mapping
from typing import Any

from pipelines.commands.user import user_name
from pipelines.use_case import Context, Step, UseCase
from script_shared.audit.decision import Decision
from script_shared.errors import PautaError
from script_shared.settings import Settings

FIGURES = ("accepted", "reasons", "in_service", "forced")
log = logging.getLogger("pauta.pipelines")


def record(settings: Settings, decision: Decision) -> None:
    """Write a decision that was carried out; a failure is printed and stops nothing."""
    from script_shared.audit.trail import record_once  # here, because Airflow imports the DAG files again and again

    try:
        recorded = record_once(settings, decision)
    except PautaError as error:
        log.error("%s", error.logged)
        print(f"The decision could not be recorded: {error}", file=sys.stderr)
        return
    if not recorded:
        print("The database is unreachable: the decision waits and is recorded later.", file=sys.stderr)


def by_command() -> str:
    """The record's name of the user of a command."""
    return f"command:{user_name()}"


def note_step(case: UseCase, context: Context, step: Step, facts: Mapping[str, Any], by: str, why: str = "") -> None:
    """Record the decision of a finished step: release published, promoted or refused, or drift found; else nothing.

    Args:
        facts: the result of the step.
        by: ``dag:`` or ``command:`` and a name.
        why: why the run was started, for the first step of a training.
    """
    run = {"run": context.run.run_id}
    if step.name == case.training_steps[0].name:
        record(context.settings, Decision(by, "training", case.name, why=why, evidence=run))
    if step.name == "publish" and "version" in facts:
        record(context.settings, Decision(by, "publish", case.name, after=str(facts["version"]), evidence=run))
    if "promoted" in facts:
        record(context.settings, _of_promotion(case, context, facts, by))
    if facts.get("alarm") is True:
        evidence = {**run, "columns": facts.get("drifted", [])}
        why = " ".join(map(str, facts.get("sentences", [])))
        record(context.settings, Decision(by, "drift", case.name, why=why, evidence=evidence))


def _of_promotion(case: UseCase, context: Context, facts: Mapping[str, Any], by: str) -> Decision:
    gate = context.run.facts("gated")
    evidence = {"run": context.run.run_id, **{name: gate[name] for name in FIGURES if name in gate}}
    version, before = str(facts["version"]), str(gate.get("in_service") or "")
    reason = "; ".join([str(facts.get("reason", "")), *map(str, facts.get("reasons", []))])
    if not facts["promoted"]:
        return Decision(by, "refuse", case.name, before, version, reason, evidence)
    forced = "forced" in str(facts.get("reason", ""))
    return Decision(by, "force" if forced else "promote", case.name, before, version, reason, evidence)
