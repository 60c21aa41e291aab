"""Whether a release still earns its place: its replayed figures beside those of the most read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.measures.figures import ALL, Difference, Figure
from pipelines.news.evaluation.charts import NAMES
from pipelines.news.evaluation.result import IN_SERVICE, Evaluation

Verdict = Literal["yes", "unclear", "no"]
RIVALS = "most_read_"


@dataclass(frozen=True)
class Standing:
    """One group of clicks.

    Attributes:
        kind: ``segment`` or ``source``.
        group: a segment, ``all``, or a source of answers.
        clicks: that were evaluated.
        own: figure of the release in service.
        rival: the best row of the most read, with its value.
        lead: of the release over that row, with the 95 % interval by user.
    """

    kind: str
    group: str
    clicks: int
    own: float
    rival: str
    rival_value: float
    lead: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """``yes`` or ``no`` if the interval excludes 0."""
        if self.low > 0:
            return "yes"
        return "no" if self.high < 0 else "unclear"


def standings(evaluation: Evaluation) -> list[Standing]:
    """All users first, then segments, then sources; empty without a replay."""
    clicks, result = evaluation.by_click(), evaluation.replayed
    if clicks is None or result is None:
        return []
    judged = clicks.judged["metric"], clicks.judged["cutoff"]
    asked = {name: counts["asked"] for name, counts in result.segments.items()}
    groups = {ALL: sum(asked.values()), **asked}
    segments = [_standing("segment", name, size, result.figures, result.differences, judged)
                for name, size in groups.items()]  # fmt: skip
    sources = [_standing("source", name, size, result.sources, result.source_differences, judged)
               for name, size in result.source_clicks.items()]  # fmt: skip
    return [each for each in (*segments, *sources) if each is not None]


def sentence_of(evaluation: Evaluation, found: Sequence[Standing]) -> str:
    """Whether the release in service still earns its place.

    Args:
        evaluation: of the release in service.
        found: its ``standings``.
    """
    name = f"Release {evaluation.releases.get(IN_SERVICE, '(unknown)')}"
    whole = next((each for each in found if each.group == ALL), None)
    if whole is None:
        return f"Whether {name} still earns its place is unknown: no click of the window could be replayed."
    metric, cutoff = evaluation.judged["metric"], evaluation.judged["cutoff"]
    label = f"{'HR' if metric == 'recall' else NAMES[metric]}@{cutoff}"
    text = {"yes": "still earns its place", "no": "no longer earns its place"}.get(
        whole.verdict, "may no longer earn its place: its lead may be chance"
    )
    figures = f"{label} is {whole.own:.3f} on {whole.clicks:,} clicks, that of {whole.rival} {whole.rival_value:.3f}"
    lead = f"lead {whole.lead:+.3f}, 95 % interval {whole.low:+.3f} to {whole.high:+.3f}"
    behind = [each.group for each in found if each.kind == "segment" and each.group != ALL and each.verdict == "no"]
    more = f" It is behind in {', '.join(behind)}." if behind else ""
    return f"{name} {text}; {figures} ({lead}).{more}"


def _standing(
    kind: str,
    group: str,
    clicks: int,
    figures: Sequence[Figure],
    differences: Sequence[Difference],
    judged: tuple[str, int],
) -> Standing | None:
    """None where a figure is missing."""
    values = {f.model: f.value for f in figures if (f.segment, f.metric, f.cutoff) == (group, *judged)}
    rivals = {model: value for model, value in values.items() if model.startswith(RIVALS) and value == value}
    own = values.get(IN_SERVICE, float("nan"))
    if own != own or not rivals:
        return None
    rival = max(rivals, key=lambda model: rivals[model])
    for each in differences:
        if (each.reference, each.segment, each.metric, each.cutoff) == (rival, group, *judged):
            return Standing(kind, group, clicks, own, rival, rivals[rival], each.value, each.low, each.high)
    return None
