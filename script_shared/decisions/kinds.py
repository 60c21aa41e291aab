"""One function per kind of decision that programs make: each returns the ``Decision``, with the evidence that it needs.

A function does not write. The caller writes the decision, after it was carried out:

- in the API: ``await asyncio.to_thread(service.audit.record, decision)``; a route with a caller uses ``TheDecisions``
- in a step, a DAG or a command: ``pipelines.decisions.record(settings, decision)``, which never stops the caller
- in any other process: ``script_shared.audit.trail.record_once(settings, decision)``

A decision that a program may repeat, such as a task that Airflow tries again, gets ``once``: the parts that identify
it. The record keeps the first decision with the same parts, and ignores the others.

>>> first = training_decision("dag:news_monitoring", "news", cause="drift", why="2 columns", once=("run-1", "training"))
>>> again = training_decision("dag:news_monitoring", "news", cause="drift", why="2 columns", once=("run-1", "training"))
>>> first.entry_id == again.entry_id
True
>>> experiment_decision("token:ana", "news", "no-ranker", "start", after={"off": 0.1}).why
'experiment no-ranker: start'
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from script_shared.decisions.decision import Decision, Kind, canonical, once_id

Cause = Literal["person", "schedule", "data", "drift", "age", "hit_rate", "first_start"]
ExperimentAction = Literal["start", "change", "stop"]
Evidence = Mapping[str, Any]
Once = Sequence[str]


def experiment_decision(
    who: str,
    use_case: str,
    name: str,
    action: ExperimentAction,
    *,
    before: Evidence | str = "",
    after: Evidence | str = "",
    why: str = "",
    evidence: Evidence | None = None,
    once: Once = (),
) -> Decision:
    """An experiment was started, changed or stopped.

    Args:
        who: ``token:ana``, ``command:root``, ``dag:…`` or ``guard``.
        use_case: whose users it affects.
        name: of the experiment.
        action: ``start``, ``change`` or ``stop``.
        before, after: variants and their shares.
        why: the reason of a person, or the sentence of the verdict or guard rail that stopped it.
        evidence: such as figures of the variants.
        once: what identifies the decision, for a caller that may repeat it.
    """
    text = f"experiment {name}: {action}" + (f": {why}" if why else "")
    whole = {"experiment": name, "action": action, "before": before, "after": after, **(evidence or {})}
    return _decision(who, "experiment", use_case, _text(before), _text(after), text, whole, once)


def editorial_decision(
    who: str,
    use_case: str,
    *,
    before: str = "",
    after: str = "",
    why: str = "",
    evidence: Evidence | None = None,
    once: Once = (),
) -> Decision:
    """A person changed what may be shown: an article, a vacancy, a rule, a pin.

    Args:
        who: usually ``token:`` and a name.
        use_case: whose users it affects.
        before, after: ids or short texts; never personal data of users.
        why: the reason, or which kind of change it was.
        evidence: such as numbers of changed items.
        once: what identifies the decision, for a caller that may repeat it.
    """
    return _decision(who, "editorial", use_case, before, after, why, evidence or {}, once)


def drift_decision(
    who: str,
    use_case: str,
    *,
    run: str,
    columns: Sequence[str],
    why: str,
    evidence: Evidence | None = None,
    once: Once = (),
) -> Decision:
    """Drift was found that may need an action.

    Args:
        who: usually ``dag:`` and a name.
        use_case: whose data drifted.
        run: id of the run whose data were compared.
        columns: with large drift.
        why: sentences for people.
        evidence: such as report and figures.
        once: what identifies the decision; without it, run and columns do.
    """
    whole = {"run": run, "columns": list(columns), **(evidence or {})}
    return _decision(who, "drift", use_case, "", "", why, whole, once or ("drift", use_case, run, *sorted(columns)))


def training_decision(
    who: str, use_case: str, *, cause: Cause, why: str, evidence: Evidence | None = None, once: Once = ()
) -> Decision:
    """A training was triggered.

    Args:
        who: ``token:``, ``command:`` or ``dag:`` and a name.
        use_case: which is trained.
        cause: of the training, from a fixed list, so that entries can be counted by it.
        why: the same in words: which threshold was crossed, by how much.
        evidence: such as ``run``, ``threshold``, ``figure``, ``report``.
        once: what identifies the decision, such as the id of the DAG run that triggers.
    """
    return _decision(who, "training", use_case, "", "", why, {"cause": cause, **(evidence or {})}, once)


def rollback_decision(
    use_case: str,
    before: str,
    after: str,
    *,
    why: str,
    evidence: Evidence | None = None,
    who: str = "guard",
    once: Once = (),
) -> Decision:
    """The release before came back into service.

    Args:
        use_case: whose release.
        before: the release that left service.
        after: the release in service now.
        why: which comparison was lost, by how much.
        evidence: such as answers compared, hit rates, bounds of the test.
        who: ``guard``, or a person.
        once: what identifies the decision, such as the pointer's sequence.
    """
    return _decision(who, "rollback", use_case, before, after, why, evidence or {}, once)


def configuration_decision(
    who: str, changes: Mapping[str, tuple[Any, Any]], *, use_case: str = "", why: str = "", once: Once = ()
) -> Decision:
    """Settings or params differ from those recorded last.

    Args:
        who: the program that found it.
        changes: value before and after by name, at least one; of a secret only a word or a keyed hash.
        use_case: whose params; "" for settings of the installation.
        why: a sentence; without it, the names.
        once: what identifies the decision.
    """
    names = sorted(changes)
    whole = {"changes": {name: {"from": changes[name][0], "to": changes[name][1]} for name in names}}
    before, after = (f"{names[0]}={_text(side)}" if len(names) == 1 else "" for side in changes[names[0]])
    why = why or f"{len(names)} changed: {', '.join(names)}"
    return _decision(who, "configuration", use_case, before, after, why, whole, once)


def maintenance_decision(
    who: str, use_case: str, counts: Mapping[str, int], *, evidence: Evidence | None = None, once: Once = ()
) -> Decision:
    """Maintenance deleted something.

    Args:
        who: ``dag:maintenance``, or ``command:`` and a name.
        use_case: whose runs, releases and events.
        counts: how many were deleted, by kind.
        evidence: such as the versions of deleted releases.
        once: what identifies the decision.
    """
    why = "deleted: " + ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    return _decision(who, "maintenance", use_case, "", "", why, {"counts": dict(counts), **(evidence or {})}, once)


def identify_decision(decision: Decision, once: Once) -> Decision:
    """The decision with an id made of ``once`` and its own content, so that the record keeps it once.

    Args:
        decision: of any kind.
        once: what identifies it; empty leaves the decision as it is, and the record keeps each repetition.
    """
    if not once:
        return decision
    parts = (decision.what, decision.use_case, decision.before, decision.after, *once)
    return replace(decision, entry_id=once_id(*parts))


def _decision(
    who: str, what: Kind, use_case: str, before: str, after: str, why: str, evidence: Evidence, once: Once
) -> Decision:
    return identify_decision(Decision(who, what, use_case, before, after, why, evidence), once)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)
