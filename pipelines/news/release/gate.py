"""The gate step: puts the run's figures before the gate and records the verdict, with the person's choice if any."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from math import nan
from typing import Any

from pipelines.measures.gate import Comparison, Rule, judge
from pipelines.news.evaluation.charts import label
from pipelines.news.evaluation.references import best_by_segment, best_earlier
from pipelines.news.evaluation.report import best_popularity
from pipelines.news.evaluation.result import CANDIDATE, IN_SERVICE, Evaluation, json_text, read_evaluation
from pipelines.news.site import settle_params
from pipelines.use_case import Context

FIRST = "No release is in service yet, so the candidate was compared with popularity alone."
UNKNOWN = "{}: the release in service does not have this segment, so the candidate was compared with popularity alone."


def gate(context: Context) -> dict[str, Any]:
    """Judge the run's candidate: reads evaluated, writes gated (``verdict.json``). A refusal is no error of the run.

    Args:
        context: the run, its settings, params and options; ``options.force`` overrules the judgement.

    Returns:
        ``accepted``: whether it may be promoted; ``forced``: promote, refuse or None; ``reasons``: plain sentences;
        ``in_service``: the release it was compared with, None if there was none; ``earlier``: earlier releases
        measured beside it; ``best``: by segment the release that is better than the candidate.

    Raises:
        RunError: the run has not been evaluated.
    """
    evaluation = read_evaluation(context.run.read("evaluated") / "metrics.json")
    wanted = settle_params(context).params.gate
    rule = Rule(wanted.metric, wanted.cutoff, wanted.tolerance, wanted.min_users)
    compared = [*comparisons(evaluation, rule), *click_comparisons(evaluation, rule, wanted.beats)]
    verdict = judge(compared, rule, context.options.force)
    reasons = [*verdict.reasons, *(UNKNOWN.format(segment) for segment in evaluation.lacking)]
    if IN_SERVICE not in evaluation.releases:
        reasons.append(FIRST)
    with context.run.write("gated") as (folder, facts):
        content = {
            "run_id": evaluation.run_id,
            "judged_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **verdict.as_dict(),
            "reasons": reasons,
            "in_service": evaluation.releases.get(IN_SERVICE),
            "earlier": [evaluation.releases[model] for model in evaluation.earlier()],
            "best": best_by_segment(evaluation),
            "rule": asdict(rule),
            "comparisons": [asdict(comparison) for comparison in compared],
        }
        (folder / "verdict.json").write_text(json_text(content), encoding="utf-8")
        facts.update(
            {name: content[name] for name in ("accepted", "forced", "reasons", "in_service", "earlier", "best")}
        )
    return dict(facts)


def comparisons(evaluation: Evaluation, rule: Rule) -> list[Comparison]:
    """By segment: the candidate beside the best of the last releases that have the segment, and the best popularity."""
    found = []
    for segment in evaluation.segments:
        found += _releases(evaluation, segment, rule)
        best = best_popularity(evaluation, segment)
        name = f"best popularity ({label(best.model)})" if best else "windowed popularity"
        found.append(_compare(evaluation, segment, best.model if best else "popularity", name, rule))
    return found


def click_comparisons(evaluation: Evaluation, rule: Rule, beats: Sequence[str]) -> list[Comparison]:
    """By segment, on the clicks of the replay: the release in service, and the plain lists that have to be beaten."""
    clicks = evaluation.by_click()
    if clicks is None:
        return []
    rule = replace(rule, metric=clicks.judged["metric"])
    found = []
    for segment in clicks.segments:
        if IN_SERVICE in clicks.models():
            found += _releases(clicks, segment, rule)
        found += [replace(_compare(clicks, segment, model, label(model), rule), beat=True) for model in beats]
    return [replace(comparison, protocol="click by click") for comparison in found]


def _releases(evaluation: Evaluation, segment: str, rule: Rule) -> list[Comparison]:
    """The release in service, and the best of the earlier ones where that is better."""
    if IN_SERVICE not in evaluation.releases or segment in evaluation.lacking:
        return []
    name = f"release in service ({evaluation.releases[IN_SERVICE]})"
    found = [_compare(evaluation, segment, IN_SERVICE, name, rule)]
    best = best_earlier(evaluation, segment, rule.metric, rule.cutoff)
    if best is not None:
        name = f"earlier release ({evaluation.releases[best]})"
        found.append(_compare(evaluation, segment, best, name, rule))
    return found


def _compare(evaluation: Evaluation, segment: str, model: str, name: str, rule: Rule) -> Comparison:
    metric, cutoff = rule.metric, rule.cutoff
    ours = evaluation.figure(CANDIDATE, segment, metric, cutoff)
    theirs = evaluation.figure(model, segment, metric, cutoff)
    gap = evaluation.difference(model, segment, metric, cutoff)
    return Comparison(
        segment=segment,
        reference=name,
        candidate=ours.value if ours else nan,
        value=theirs.value if theirs else nan,
        users=evaluation.segments[segment]["users"],
        low=gap.low if gap else nan,
        high=gap.high if gap else nan,
        note=evaluation.missing.get(model, ""),
    )
