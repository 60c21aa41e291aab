"""The plots of the evaluation report: bars by segment with intervals, and lines over earlier runs."""

from collections.abc import Sequence
from typing import Any

from pipelines.measures.figures import ALL, Figure
from pipelines.news.evaluation.result import Evaluation
from script_shared.plots import Plot, Series

NAMES = {"recall": "Recall", "ndcg": "NDCG", "mrr": "MRR", "hr": "HR", "coverage": "Coverage", "novelty": "Novelty"}
RUNS_SHOWN = 20


def label(name: str) -> str:
    """A model's or segment's name in words.

    Args:
        name: of a model or segment, as evaluation files have it.

    >>> label("popularity_6h"), label("in_service"), label("semi_logged"), label("most_read_10m"), label("earlier_1")
    ('most read, 6h', 'in service', 'semi-logged', 'most read, 10m', 'earlier release 1')
    """
    name = (
        name.replace("popularity_", "most read, ")
        .replace("most_read_", "most read, ")
        .replace("earlier_", "earlier release ")
    )
    for words in ("in_service", "without_ranker", "segment_model", "with_rules"):
        name = name.replace(words, words.replace("_", " "))
    return name.replace("_", "-")


def segments_of(evaluation: Evaluation) -> list[str]:
    """The segments, then all users together."""
    return [*evaluation.segments, ALL]


def users_of(evaluation: Evaluation, segment: str) -> int:
    """Held-out users of a segment, or of all."""
    counts = {name: counts["users"] for name, counts in evaluation.segments.items()}
    return counts.get(segment, sum(counts.values()))


def bars(evaluation: Evaluation, metric: str, cutoff: int, caption: str) -> Plot:
    """One group of bars per segment, one bar per model; missing values have no bar."""
    segments = segments_of(evaluation)
    names = [f"{label(segment)}, {users_of(evaluation, segment):,} users" for segment in segments]
    series = [
        _series(label(model), [evaluation.figure(model, segment, metric, cutoff) for segment in segments])
        for model in evaluation.models()
    ]
    return Plot("bars", f"{NAMES[metric]}@{cutoff}", "segment", names, series, caption)


def _series(name: str, found: Sequence[Figure | None]) -> Series:
    values = [figure.value if figure else None for figure in found]
    low, high = (
        [figure.low if figure else None for figure in found],
        [figure.high if figure else None for figure in found],
    )
    return Series(name, values, low, high)


def runs_in(rows: Any, source: str) -> list[str]:
    """The latest runs of a source, oldest first, from all rows of the CSV."""
    same = rows[rows["source"] == source].sort_values("evaluated_at", kind="stable")
    return list(dict.fromkeys(same["run_id"]))[-RUNS_SHOWN:]


def over_runs(evaluation: Evaluation, rows: Any, metric: str, cutoff: int) -> list[Plot]:
    """A plot per segment: the figure of every model in the latest runs of the same source."""
    runs, models = runs_in(rows, evaluation.source), evaluation.models()
    same = rows[(rows["protocol"] == "batch") & (rows["metric"] == metric) & (rows["cutoff"] == str(cutoff))]
    kept = same[same["run_id"].isin(runs) & (same["value"] != "")]
    top = 1.1 * max((float(value) for value in kept["value"]), default=1.0) or 1.0
    caption = f"{NAMES[metric]}@{cutoff} of the last {len(runs)} runs of this source; each has its own window of time."
    return [
        Plot(
            "lines",
            label(segment),
            "runs, oldest to newest",
            runs,
            [
                _over(label(model), kept[(kept["segment"] == segment) & (kept["model"] == model)], runs)
                for model in models
            ],
            caption if segment == ALL else "",
            top=top,
        )
        for segment in segments_of(evaluation)
    ]


def _over(name: str, rows: Any, runs: Sequence[str]) -> Series:
    values = dict(zip(rows["run_id"], rows["value"].astype(float), strict=True))
    return Series(name, [values.get(run) for run in runs])
