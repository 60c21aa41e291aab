"""Decides whether a training starts, notes the reason, and says which DAG to start and how."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from pipelines.decisions import record
from pipelines.monitoring.limits import Memory, Training
from pipelines.monitoring.reasons import reasons
from pipelines.runs import Run, new_run_id
from pipelines.training_note import once_of_run, write_note
from pipelines.use_case import Context, UseCase
from script_shared.decisions.kinds import Cause, training_decision


@dataclass(frozen=True)
class Trigger:
    """A decision about a training.

    Attributes:
        dag_id: the DAG to start; "" for none.
        run_id: of the pipeline's run.
        note: why, or why not.
    """

    dag_id: str
    run_id: str
    note: str


def decide(
    case: UseCase, context: Context, *, by: str, busy: bool, now: datetime | None = None, key: str = ""
) -> Trigger:
    """Decide once. A training that shall start is noted in its run, stored in the memory, and recorded.

    Args:
        case: the use case.
        context: its settings and params; the run does not matter.
        by: who decides, for the record: ``dag:`` or ``command:`` and a name.
        busy: whether a run of its data or training DAG waits or goes on.
        now: the time; None for the clock of the machine.
        key: what identifies this decision for a caller that may repeat it, such as the run of the DAG; "" for none.

    Returns:
        The DAG to start: the training DAG for drifted data that are there, else the data DAG, which starts it. A
        caller that repeats the key of an earlier training gets that training again, even if its cause is gone.

    Raises:
        InputError: the memory of earlier trainings is damaged.
        UnavailableError: the release store cannot be read.
    """
    moment = now or datetime.now(UTC)
    memory = Memory.load(context.run.root)
    if (before := memory.find(key)) is not None:
        return _record_training(case, context, before, by)
    found = reasons(case, context, moment)
    if not found:
        return Trigger("", "", "no threshold is crossed")
    note = "; ".join(each.why for each in found)
    if busy:
        return Trigger("", "", f"a training is under way already ({note})")
    if refusal := memory.refusal(context.params.monitoring, moment):
        return Trigger("", "", f"no training: {refusal} ({note})")
    first, run_id = found[0], found[0].run_id or new_run_id()
    write_note(Run(context.run.root, run_id), first.cause, note)
    training: Training = {
        "at": moment.isoformat(timespec="seconds"),
        "cause": first.cause,
        "why": note,
        "run_id": run_id,
        "dag_id": f"{case.name}_{'training' if first.run_id else 'data'}",
        "key": key,
        "reasons": [{"cause": each.cause, **each.evidence} for each in found],
    }
    memory.add(training)
    return _record_training(case, context, training, by)


def _record_training(case: UseCase, context: Context, training: Training, by: str) -> Trigger:
    """Record a training of the memory; the record keeps the first entry of a run, so this can be repeated."""
    run_id, cause, why = training["run_id"], cast(Cause, training["cause"]), training["why"]
    evidence = {"run": run_id, "reasons": training["reasons"]}
    once = once_of_run(run_id)
    record(context.settings, training_decision(by, case.name, cause=cause, why=why, evidence=evidence, once=once))
    return Trigger(training["dag_id"], run_id, why)
