"""The drawings of the evaluation report: bars by segment with intervals, and lines over earlier runs."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from pipelines.measures.figures import ALL, Figure
from pipelines.news.evaluation.result import CANDIDATE, IN_SERVICE, Evaluation
from pipelines.report import COLOURS, INK, Chart, draw

NAMES = {"recall": "Recall", "ndcg": "NDCG", "mrr": "MRR", "hr": "HR", "coverage": "Coverage", "novelty": "Novelty"}
RUNS_SHOWN = 20


def label(name: str) -> str:
    """A model's or segment's name in words.

    >>> label("popularity_6h"), label("in_service"), label("semi_logged"), label("most_read_10m"), label("earlier_1")
    ('most read, 6h', 'in service', 'semi-logged', 'most read, 10m', 'earlier release 1')
    """
    name = (
        name.replace("popularity_", "most read, ")
        .replace("most_read_", "most read, ")
        .replace("earlier_", "earlier release ")
    )
    for words in ("in_service", "without_ranker", "segment_model"):
        name = name.replace(words, words.replace("_", " "))
    return name.replace("_", "-")


def colours_of(models: Sequence[str]) -> dict[str, str]:
    """A colour for each model, the same on every page: the candidate's, the service's, then those of the windows."""
    named = {CANDIDATE: COLOURS[0], IN_SERVICE: COLOURS[1]}
    windows = [model for model in models if model not in named]
    return named | dict(zip(windows, cycle(COLOURS[2:]), strict=False))


def segments_of(evaluation: Evaluation) -> list[str]:
    """The segments, then all users together."""
    return [*evaluation.segments, ALL]


def users_of(evaluation: Evaluation, segment: str) -> int:
    """Held-out users of a segment, or of all."""
    counts = {name: counts["users"] for name, counts in evaluation.segments.items()}
    return counts.get(segment, sum(counts.values()))


def bars(evaluation: Evaluation, metric: str, cutoff: int, caption: str) -> Chart:
    """One group of bars per segment, one bar per model; missing values have no bar."""
    models, segments = evaluation.models(), segments_of(evaluation)
    width, colours = 0.84 / max(len(models), 1), colours_of(models)

    def paint(axes: Any) -> None:
        for place, model in enumerate(models):
            found = [evaluation.figure(model, segment, metric, cutoff) for segment in segments]
            shift = (place - (len(models) - 1) / 2) * width
            _one_model(axes, found, shift, width * 0.9, label=label(model), color=colours[model])
        names = [f"{label(segment)}\n{users_of(evaluation, segment):,} users" for segment in segments]
        axes.set_xticks(range(len(segments)), names)
        axes.set_title(f"{NAMES[metric]}@{cutoff}", pad=24)
        axes.grid(axis="x", visible=False)
        axes.tick_params(axis="x", length=0)
        axes.legend(ncols=len(models), loc="lower left", bbox_to_anchor=(-0.01, 0.99), fontsize=8, handlelength=1)

    return draw(paint, caption, height=3.0)


def _one_model(axes: Any, found: Sequence[Figure | None], shift: float, width: float, **style: str) -> None:
    shown = [(row + shift, figure) for row, figure in enumerate(found) if figure and figure.value == figure.value]
    axes.bar([at for at, _ in shown], [figure.value for _, figure in shown], width, **style)
    for at, figure in shown:
        if figure.low == figure.low:
            axes.vlines(at, figure.low, figure.high, color=INK, linewidth=0.9)


def runs_in(rows: Any, source: str) -> list[str]:
    """The latest runs of a source, oldest first, from all rows of the CSV."""
    same = rows[rows["source"] == source].sort_values("evaluated_at", kind="stable")
    return list(dict.fromkeys(same["run_id"]))[-RUNS_SHOWN:]


def over_runs(evaluation: Evaluation, rows: Any, metric: str, cutoff: int) -> Chart:
    """A panel per segment: the figure of every model in the latest runs of the same source."""
    runs = runs_in(rows, evaluation.source)
    same = rows[(rows["protocol"] == "batch") & (rows["metric"] == metric) & (rows["cutoff"] == str(cutoff))]
    kept = same[same["run_id"].isin(runs)]
    segments, colours = segments_of(evaluation), colours_of(evaluation.models())
    top = max((float(value) for value in kept["value"] if value), default=1.0) or 1.0

    def paint(axes: Any) -> None:
        for axis, segment in zip(axes, segments, strict=True):
            mine = kept[kept["segment"] == segment]
            for model in evaluation.models():
                _one_line(axis, mine[mine["model"] == model], runs, label=label(model), color=colours[model])
            axis.set_title(label(segment))
            axis.set_xticks(range(len(runs)), [""] * len(runs))
            axis.set_ylim(0, 1.1 * top)
        axes[0].set_xlabel("runs, oldest to newest")
        axes[0].figure.legend(
            *axes[0].get_legend_handles_labels(), ncols=len(evaluation.models()), loc="outside lower center", fontsize=8
        )

    caption = f"{NAMES[metric]}@{cutoff} of the last {len(runs)} runs of this source; each has its own window of time."
    return draw(paint, caption, height=2.6, columns=len(segments))


def _one_line(axes: Any, rows: Any, runs: list[str], **style: str) -> None:
    known = rows[rows["value"] != ""]
    places = [runs.index(run) for run in known["run_id"]]
    order = sorted(range(len(places)), key=places.__getitem__)
    values = known["value"].astype(float).tolist()
    axes.plot([places[row] for row in order], [values[row] for row in order], marker="o", markersize=3.5, **style)
