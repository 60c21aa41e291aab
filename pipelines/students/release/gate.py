"""Step gate: the candidate's figures beside the release in service and the rule "same as this year"."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from math import nan
from typing import Any

from pipelines.measures.gate import Comparison, Rule, judge
from pipelines.students.evaluation.models import CANDIDATE, IN_SERVICE, SAME
from pipelines.students.evaluation.step import FILE
from pipelines.use_case import Context

BEATEN = ("macro_f1", "ap_critical")  # in which the rule "same as this year" has to be beaten
BEYOND_CHANCE = "ap_critical"  # and of them the one in which the lead may not be chance
FIRST = "No release is in service yet, so the candidate was compared with the rule “same as this year” alone."
ADVICE = "Bring a year with more students, or lower gate.min_users"


def gate(context: Context) -> dict[str, Any]:
    """Judge the run's candidate: reads evaluated, writes gated (``verdict.json``). A refusal is no error of the run.

    Args:
        context: the run, its settings, params and options; ``options.force`` overrules the judgement.

    Returns:
        ``accepted``, ``forced``, ``reasons`` (plain sentences), ``in_service``.

    Raises:
        RunError: the run has not been evaluated.
    """
    content = json.loads((context.run.read("evaluated") / FILE).read_text(encoding="utf-8"))
    wanted = context.params.gate
    force = context.options.force
    compared: list[Comparison] = []
    reasons: list[str] = []
    accepted = True
    for metric, comparisons in _comparisons(content, wanted.metric).items():
        rule = Rule(metric, 0, wanted.tolerance, wanted.min_users, ADVICE)
        verdict = judge(comparisons, rule)
        accepted &= verdict.accepted
        reasons += verdict.reasons
        compared += comparisons
    doubts = [*content["alarms"], *_by_chance(content, wanted.min_users)]
    by_figures = accepted and not doubts
    reasons = [*doubts, *reasons]
    if IN_SERVICE in content["missing"]:
        reasons.append(f"The release in service could not be measured: {content['missing'][IN_SERVICE]}.")
    elif content["release"] is None:
        reasons.append(FIRST)
    if force:
        word = "accept" if by_figures else "refuse"
        reasons.insert(0, f"A person chose to {force} it; the figures alone say {word}.")
    with context.run.write("gated") as (folder, facts):
        facts.update(
            accepted=force == "promote" if force else by_figures,
            forced=force,
            reasons=reasons,
            in_service=content["release"],
        )
        told = {**facts, "judged_at": datetime.now(UTC).isoformat(timespec="seconds")}
        told["comparisons"] = [asdict(each) for each in compared]
        (folder / "verdict.json").write_text(json.dumps(told, indent=1, default=str), encoding="utf-8")
    return dict(facts)


def _comparisons(content: dict[str, Any], metric: str) -> dict[str, list[Comparison]]:
    """By metric: the release in service where it was measured, and the plain rule, which has to be beaten."""
    found: dict[str, list[Comparison]] = {metric: []}
    if IN_SERVICE in {figure["model"] for figure in content["figures"]}:
        found[metric].append(_compare(content, IN_SERVICE, metric, f"release in service ({content['release']})"))
    for name in BEATEN:
        found.setdefault(name, []).append(_compare(content, SAME, name, "rule “same as this year”", beat=True))
    return found


def _compare(content: dict[str, Any], model: str, metric: str, reference: str, *, beat: bool = False) -> Comparison:
    gap = next(each for each in content["differences"] if (each["reference"], each["metric"]) == (model, metric))
    return Comparison(
        segment="all students",
        reference=reference,
        candidate=_value(content, CANDIDATE, metric),
        value=_value(content, model, metric),
        users=content["students"],
        low=nan if gap["low"] is None else gap["low"],
        high=nan if gap["high"] is None else gap["high"],
        beat=beat,
    )


def _value(content: dict[str, Any], model: str, metric: str) -> float:
    found = [each["value"] for each in content["figures"] if (each["model"], each["metric"]) == (model, metric)]
    return nan if not found or found[0] is None else float(found[0])


def _by_chance(content: dict[str, Any], min_users: int) -> list[str]:
    """A lead over the plain rule that may be chance is no lead."""
    found = _compare(content, SAME, BEYOND_CHANCE, "rule “same as this year”")
    if found.users < min_users or not found.low <= 0 < found.candidate - found.value:
        return []
    ends = f"95 % of the difference {found.low:+.4f} to {found.high:+.4f}"
    return [f"{found.segment}: the lead over the {found.reference} in {BEYOND_CHANCE} may be chance ({ends})."]
