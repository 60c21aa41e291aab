"""The page a person reads after an evaluation: figures by segment, beside popularity and earlier runs."""

from collections.abc import Sequence
from typing import Any

from pipelines.measures.figures import METRICS, Figure
from pipelines.news.evaluation.charts import NAMES, bars, label, over_runs, runs_in, segments_of, users_of
from pipelines.news.evaluation.result import CANDIDATE, IN_SERVICE, Evaluation
from pipelines.report import Section, Table, render_page

READING = (
    "Recall: share of what was newly read that the list held. NDCG: the same, earlier places counting more. MRR: one "
    "over the place of the first hit. HR: share of users with any hit. Coverage: share of the available articles that "
    "were recommended to anybody. Novelty: mean self-information of recommended articles in bits, higher for less read "
    "ones. After each value its 95 % bootstrap interval by user; a dash is a missing figure."
)

CLICKS = (
    "The same window replayed in time order through the serving code: before each evaluated click, the user gets a "
    "list from a model that knows every earlier click; then the click is given to the model. Clicks on articles read "
    "before are left out. The same number of clicks is evaluated in each segment; in the figures of all users each "
    "draw is weighted by how many it represents."
)


def render(evaluation: Evaluation, history: Any, more: Sequence[Section] = ()) -> str:
    """The page as HTML text.

    Args:
        evaluation: what to show.
        history: rows of all evaluations so far, as ``evaluation_csv.read_rows`` gives them.
        more: sections that come first.
    """
    window = evaluation.window
    when = f"{_moment(window['start'])} to {_moment(window['end'])} UTC"
    clicks = evaluation.by_click()
    sections = [*more, _accuracy(evaluation), _gaps(evaluation), *(_clicks(clicks) if clicks else [])]
    sections += [_variety(evaluation), _data(evaluation), _history(evaluation, history), *_tables(evaluation)]
    if clicks:
        sections += _tables(clicks, "Click by click")
    return render_page(
        f"Evaluation of the {_subject(evaluation)}",
        sections,
        subtitle=f"Run {evaluation.run_id} · source {evaluation.source} · held-out window {when}",
        verdict=headline(evaluation),
    )


def headline(evaluation: Evaluation) -> str:
    """One sentence: the judged figure of each segment, and the best popularity row beside it."""
    metric, cutoff = evaluation.judged["metric"], evaluation.judged["cutoff"]
    model = CANDIDATE if evaluation.kind == "candidate" else IN_SERVICE
    parts = []
    for segment in evaluation.segments:
        own, best = evaluation.figure(model, segment, metric, cutoff), best_popularity(evaluation, segment)
        ours = "missing" if own is None or own.value != own.value else f"{own.value:.4f}"
        parts.append(f"{label(segment)} {ours}" + (f" ({label(best.model)}: {best.value:.4f})" if best else ""))
    return f"{NAMES[metric]}@{cutoff} of the {_subject(evaluation)}: " + "; ".join(parts) + "."


def best_popularity(evaluation: Evaluation, segment: str) -> Figure | None:
    """The popularity row with the highest judged figure on a segment; None where all are missing.

    Args:
        evaluation: of a candidate or of the release in service.
        segment: name of the segment.
    """
    metric, cutoff = evaluation.judged["metric"], evaluation.judged["cutoff"]
    models = [model for model in evaluation.models() if model.startswith("popularity_")]
    found = [evaluation.figure(model, segment, metric, cutoff) for model in models]
    known = [figure for figure in found if figure is not None and figure.value == figure.value]
    return max(known, key=lambda figure: figure.value, default=None)


def _subject(evaluation: Evaluation) -> str:
    return "candidate" if evaluation.kind == "candidate" else "release in service"


def _accuracy(evaluation: Evaluation) -> Section:
    cutoff = evaluation.judged["cutoff"]
    charts = [
        bars(evaluation, metric, cutoff, f"{NAMES[metric]}@{cutoff} by segment, with 95 % intervals by user.")
        for metric in dict.fromkeys([evaluation.judged["metric"], "recall"])
    ]
    missing = [
        f"{label(model).capitalize()} could not be evaluated: {why}" for model, why in evaluation.missing.items()
    ]
    return Section("Does it find what was read?", " ".join([*evaluation.notes, *missing]), charts)


def _clicks(clicks: Evaluation) -> list[Section]:
    metric, cutoff = clicks.judged["metric"], clicks.judged["cutoff"]
    counts = [
        (label(name), *(of[part] for part in ("clicks", "asked", "users"))) for name, of in clicks.segments.items()
    ]
    caption = (
        "Clicks of the window, evaluated clicks (drawn by seed), and their users, by segment just before the click."
    )
    asked = Table(("segment", "clicks", "asked", "readers"), counts, caption)
    chart = bars(clicks, metric, cutoff, f"{NAMES[metric]}@{cutoff} of the answer before each click.")
    gaps = _gaps(clicks)
    return [Section("Does it find the next click?", CLICKS, [chart, *gaps.blocks, asked])]


def _gaps(evaluation: Evaluation) -> Section:
    metric, cutoff = evaluation.judged["metric"], evaluation.judged["cutoff"]
    rows = [
        (
            label(gap.segment),
            label(gap.reference),
            _signed_text(gap.value),
            f"{_signed_text(gap.low)} to {_signed_text(gap.high)}",
        )
        for gap in evaluation.differences
        if (gap.metric, gap.cutoff) == (metric, cutoff)
    ]
    text = f"{NAMES[metric]}@{cutoff} of the {_subject(evaluation)} minus that of each other row, paired by user."
    header = ("segment", "against", "difference", "95 % interval")
    return Section("Against the others", text, [Table(header, rows, "Above zero the one evaluated is better.")])


def _variety(evaluation: Evaluation) -> Section:
    cutoff = evaluation.judged["cutoff"]
    shown = f"Share of the available articles among the first {cutoff} of anybody."
    novelty = "Mean self-information of recommended articles, bits; higher means less read before."
    return Section(
        "How varied is it?",
        "",
        [bars(evaluation, "coverage", cutoff, shown), bars(evaluation, "novelty", cutoff, novelty)],
    )


def _data(evaluation: Evaluation) -> Section:
    by_file = evaluation.window["protocol"] == "validation_file"
    text = (
        f"The models knew everything until {_moment(evaluation.window['start'])} UTC; held out is "
        f"{'the validation file' if by_file else 'the end of the data'}. The ground truth is the distinct articles a "
        "user newly read in the window. Articles published after its start cannot be found by a model of that moment, "
        "nor can expired ones; they stay in the ground truth and are counted here."
    )
    segments = [(label(name), counts["users"], counts["new_reads"]) for name, counts in evaluation.segments.items()]
    counts = [(name.replace("_", " "), count) for name, count in evaluation.ground_truth.items()]
    tables = [
        Table(("segment", "users", "new reads"), segments, "Held-out users by segment at the start of the window."),
        Table(("what", "count"), counts, "What the ground truth was made from."),
    ]
    return Section("What was measured", text, tables)


def _history(evaluation: Evaluation, history: Any) -> Section:
    title = "Earlier runs"
    if len(runs_in(history, evaluation.source)) < 2:
        return Section(title, "This is the first evaluation of this source.")
    plots = over_runs(evaluation, history, evaluation.judged["metric"], evaluation.judged["cutoff"])
    return Section(title, "", plots)


def _tables(evaluation: Evaluation, name: str = "All figures") -> list[Section]:
    sections = []
    for place, segment in enumerate(segments_of(evaluation)):
        title = f"{name}: {label(segment)}, {users_of(evaluation, segment):,} users"
        header = ("measure", *(label(model) for model in evaluation.models()))
        sections.append(Section(title, "" if place else READING, [Table(header, _rows(evaluation, segment))]))
    return sections


def _rows(evaluation: Evaluation, segment: str) -> list[tuple[str, ...]]:
    cutoffs = list(dict.fromkeys(figure.cutoff for figure in evaluation.figures))
    measured = {figure.metric for figure in evaluation.figures}
    return [
        (
            f"{NAMES[metric]}@{cutoff}",
            *(_cell(evaluation.figure(m, segment, metric, cutoff)) for m in evaluation.models()),
        )
        for metric in METRICS
        if metric in measured
        for cutoff in cutoffs
    ]


def _cell(figure: Figure | None) -> str:
    if figure is None or figure.value != figure.value:
        return "–"
    places = 2 if figure.metric == "novelty" else 4
    value = f"{figure.value:.{places}f}"
    return value if figure.low != figure.low else f"{value} ({figure.low:.{places}f} to {figure.high:.{places}f})"


def _signed_text(value: float) -> str:
    return "–" if value != value else f"{value:+.4f}"


def _moment(text: str) -> str:
    return text[:16].replace("T", " ")
