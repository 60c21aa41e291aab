"""Step gate: compares the candidate with the release in service and the baselines."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from math import nan
from typing import Any

from pipelines.measures.gate import Comparison, Rule, judge
from pipelines.use_case import Context
from script_shared.recruiting.params import GateParams

FILE = "metrics.json"
CANDIDATE, IN_SERVICE = "candidate", "in_service"
SEGMENT = "the candidates' next vacancies"
FIRST = "No release is in service yet, so the candidate was compared with the plain baselines alone."
ADVICE = "Bring more applications, or lower gate.min_users"


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
    wanted: GateParams = context.params.gate
    compared = _comparisons(content, wanted)
    verdict = judge(compared, Rule(wanted.metric, 0, wanted.tolerance, wanted.min_users, ADVICE))
    alarms = list(content.get("alarms", []))
    by_figures = verdict.accepted and not alarms
    reasons = [*alarms, *verdict.reasons, *_about_service(content)]
    force = context.options.force
    if force:
        word = "accept" if by_figures else "refuse"
        reasons.insert(0, f"A person chose to {force} it; the figures alone say {word}.")
    with context.run.write("gated") as (folder, facts):
        facts.update(
            accepted=force == "promote" if force else by_figures,
            forced=force,
            reasons=reasons,
            in_service=content.get("release"),
        )
        shown = {**facts, "judged_at": datetime.now(UTC).isoformat(timespec="seconds")}
        shown["comparisons"] = [asdict(each) for each in compared]
        (folder / "verdict.json").write_text(json.dumps(shown, indent=1, default=str), encoding="utf-8")
    return dict(facts)


def _about_service(content: dict[str, Any]) -> list[str]:
    if why := content.get("missing", {}).get(IN_SERVICE):
        return [f"The release in service could not be measured: {why}."]
    return [] if content.get("release") else [FIRST]


def _comparisons(content: dict[str, Any], wanted: GateParams) -> list[Comparison]:
    """With the release in service where it was measured, and with each baseline, which has to be beaten."""
    found = []
    if IN_SERVICE in {figure["model"] for figure in content["figures"]}:
        found.append(_compare(content, IN_SERVICE, wanted.metric, f"release in service ({content.get('release')})"))
    return found + [_compare(content, name, wanted.metric, f"baseline {name}", beat=True) for name in wanted.beats]


def _compare(content: dict[str, Any], model: str, metric: str, reference: str, *, beat: bool = False) -> Comparison:
    wanted = (model, metric)
    gap: dict[str, Any] = next((each for each in content["differences"] if _key(each, "reference") == wanted), {})
    return Comparison(
        segment=SEGMENT,
        reference=reference,
        candidate=_value(content, CANDIDATE, metric),
        value=_value(content, model, metric),
        users=int(content["cases"]),
        low=nan if gap.get("low") is None else gap["low"],
        high=nan if gap.get("high") is None else gap["high"],
        beat=beat,
    )


def _value(content: dict[str, Any], model: str, metric: str) -> float:
    found = [each["value"] for each in content["figures"] if _key(each, "model") == (model, metric)]
    return nan if not found or found[0] is None else float(found[0])


def _key(row: dict[str, Any], name: str) -> tuple[str, str]:
    return row[name], row["metric"]
