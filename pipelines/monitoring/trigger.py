"""Decides whether a training starts, notes the reason, and says which DAG to start and how."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pipelines.decisions import record
from pipelines.monitoring.limits import Memory
from pipelines.monitoring.note import once_of_run, write_note
from pipelines.monitoring.reasons import Reason, reasons
from pipelines.runs import Run, new_run_id
from pipelines.use_case import Context, UseCase
from script_shared.audit.kinds import training_decision


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


def decide(case: UseCase, context: Context, *, by: str, busy: bool, now: datetime | None = None) -> Trigger:
    """Decide once. A training that is to start is remembered, noted in its run, and recorded.

    Args:
        case: the use case.
        context: its settings and params; the run does not matter.
        by: who decides, for the record: ``dag:`` or ``command:`` and a name.
        busy: whether a run of its data or training DAG waits or goes on.
        now: the time; None for the clock of the machine.

    Returns:
        The DAG to start: the training DAG for drifted data that are there, else the data DAG, which starts it.

    Raises:
        InputError: the memory of earlier trainings is damaged.
        UnavailableError: the release store cannot be read.
    """
    moment = now or datetime.now(UTC)
    found = reasons(case, context, moment)
    if not found:
        return Trigger("", "", "no threshold is crossed")
    note = "; ".join(each.why for each in found)
    if busy:
        return Trigger("", "", f"a training is under way already ({note})")
    memory = Memory.load(context.run.root)
    if refusal := memory.refusal(context.params.monitoring, moment):
        return Trigger("", "", f"no training: {refusal} ({note})")
    return _start(case, context, memory, found, moment, by)


def _start(case: UseCase, context: Context, memory: Memory, found: list[Reason], moment: datetime, by: str) -> Trigger:
    first, note = found[0], "; ".join(each.why for each in found)
    run_id = first.run_id or new_run_id()
    write_note(Run(context.run.root, run_id), first.cause, note)
    memory.add({"at": moment.isoformat(timespec="seconds"), "cause": first.cause, "why": note, "run_id": run_id})
    evidence = {"run": run_id, "reasons": [{"cause": each.cause, **each.evidence} for each in found]}
    record(
        context.settings,
        training_decision(by, case.name, cause=first.cause, why=note, evidence=evidence, once=once_of_run(run_id)),
    )
    return Trigger(f"{case.name}_{'training' if first.run_id else 'data'}", run_id, note)
