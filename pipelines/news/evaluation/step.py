"""The evaluation steps: a candidate, or the release in service alone, beside windowed popularity on held-out reads."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipelines.measures import evaluation_csv, metrics
from pipelines.measures.figures import Figure, measure
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.answers import Answers
from pipelines.news.evaluation.batch_lists import BatchLists
from pipelines.news.evaluation.by_click import other_replay, replay
from pipelines.news.evaluation.lists.asking import asking, scratch_of
from pipelines.news.evaluation.report import render
from pipelines.news.evaluation.result import CANDIDATE, IN_SERVICE, Evaluation
from pipelines.news.evaluation.service import note_answers, note_service
from pipelines.news.evaluation.stopwatch import Stopwatch
from pipelines.news.site import settle_params
from pipelines.news.split.holdout import Holdout, hold_out
from pipelines.report import Section, write_page
from pipelines.use_case import Context
from script_shared.errors import ReleaseMissingError, SettingsError
from script_shared.news.params import NewsParams

Kind = Literal["candidate", "service"]
SERVICE_STEP = "evaluated_service"
SERVICE_ENDING, SCHEDULED = ".service", 120  # ending of the ids of scheduled evaluations; how many the table keeps
SIMULATED = (
    "The data has no login flag: who is logged in is simulated by a stable draw that favours frequent users, "
    "so every figure by segment depends on that simulation. As the data's documentation defines it, the draw goes by "
    "the clicks of the whole file, those of the held-out window included."
)
REFIT = (
    "An accepted candidate is fitted again on all data before it goes live (releases.refit). The figures are those of "
    "the models before that."
)


def evaluate(context: Context) -> dict[str, Any]:
    """Measure the run's candidate as of T on all held-out users, beside the release in service and popularity.

    Reads refined and assembled; writes evaluated (``metrics.json``, ``report.html``), copies both to
    ``evaluation_dir/news`` and puts the figures into the CSV over all runs.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step: the main figures by segment, as ``main_figures`` names them.

    Raises:
        RunError: an earlier step is missing, or the run was assembled from other data.
        InputError: the data is not longer than the held-out window.
        SettingsError: the gate looks at a figure that is not measured.
        UnavailableError: the place of the releases does not answer.
    """
    return _evaluate(context, "candidate", "evaluated", context.run.run_id)


def evaluate_service(context: Context) -> dict[str, Any]:
    """Measure the release in service on the run's refined data, beside popularity; changes no release.

    Same outputs as ``evaluate``, under the step ``evaluated_service`` and the id ``<run>.service``, so that the
    evaluation of the run's own candidate stays. Also writes whether the release still earns its place, and the drift of
    its answers.

    Args:
        context: the run whose data is used, its settings, params and options.

    Returns:
        facts of the step, as those of ``evaluate``.

    Raises:
        ReleaseMissingError: no release is in service yet.
        As ``evaluate`` does.
    """
    return _evaluate(context, "service", SERVICE_STEP, f"{context.run.run_id}{SERVICE_ENDING}")


def _evaluate(context: Context, kind: Kind, step: str, name: str) -> dict[str, Any]:
    context = settle_params(context)
    params: NewsParams = context.params
    _require_judged(params)
    watch = Stopwatch()
    held_out = hold_out(Dataset.load(context.run.read("refined")), params)
    watch.note("load")
    with scratch_of(context, step) as scratch, other_replay(context, held_out) as pool:
        recommended = _recommend(context, kind, held_out, watch, scratch)
        answers = Answers(held_out.dataset)
        replayed = replay(context, held_out, recommended.folders, answers, pool)
        watch.note("replay")
    subject = CANDIDATE if kind == "candidate" else IN_SERVICE
    known = subject if subject in recommended.lists else None
    figures, differences = measure(recommended.lists, held_out.protocol(params), known)
    watch.note("measure")
    evaluation = Evaluation(
        run_id=name,
        kind=kind,
        evaluated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        releases=recommended.releases,
        missing=recommended.missing,
        figures=figures,
        differences=differences,
        judged={"metric": params.gate.metric, "cutoff": params.gate.cutoff},
        seconds=watch.seconds,
        lacking=recommended.lacking,
        notes=_notes(context, kind, recommended, held_out),
        source=context.run.facts("refined")["source"],
        replayed=replayed,
        **_about_data(held_out),
    )
    with context.run.write(step) as (folder, facts):
        standing, sections = note_service(context, evaluation) if kind == "service" else ({}, [])
        _write(evaluation, folder, context.settings.evaluation_dir, sections)
        facts.update(main_figures(evaluation) | standing)
        if kind == "service":
            facts.update(note_answers(context, evaluation, answers.table))
    return dict(facts)


def _recommend(context: Context, kind: Kind, held_out: Holdout, watch: Stopwatch, scratch: Path) -> BatchLists:
    with asking(context) as ask:
        recommended = BatchLists(held_out, max(context.params.evaluation.cutoffs), ask)
        if kind == "candidate":
            recommended.add_candidate(context)
            watch.note("candidate")
        recommended.add_releases(context, scratch, context.params.gate.references if kind == "candidate" else 1)
        watch.note("in_service")
    if kind == "service" and IN_SERVICE not in recommended.releases:
        raise ReleaseMissingError("no release is in service yet.", fix="Run the pipeline to its end first.")
    recommended.add_popularity(context.params.evaluation.popularity_windows_hours)
    watch.note("popularity")
    return recommended


def _notes(context: Context, kind: Kind, recommended: BatchLists, held_out: Holdout) -> list[str]:
    """What readers of the figures must know about the data and the models."""
    simulated = context.run.facts("refined").get("login_flag") == "simulated"
    refit = context.params.releases.refit and kind == "candidate"
    return [SIMULATED] * simulated + recommended.notes + held_out.notes() + [REFIT] * refit


def _about_data(held_out: Holdout) -> dict[str, Any]:
    """The data and the users of an evaluation."""
    window, truth = held_out.window, held_out.truth
    sizes = metrics.truth_sizes(truth.reads)
    return {
        "window": {
            "start": _utc(window.start_ms),
            "end": _utc(window.end_ms),
            "start_ms": window.start_ms,
            "end_ms": window.end_ms,
            "protocol": window.protocol,
        },
        "ground_truth": {
            **truth.counts,
            "users": held_out.users_before_sampling,
            "users_evaluated": len(truth.users),
            "articles_available": int(held_out.available.sum()),
        },
        "segments": {
            name: {"users": len(positions), "new_reads": int(sizes[positions].sum())}
            for name, positions in held_out.segments.items()
        },
    }


def main_figures(evaluation: Evaluation) -> dict[str, Any]:
    """For people: the figure the gate looks at, by segment and model; None where it is missing."""
    metric, cutoff = evaluation.judged["metric"], evaluation.judged["cutoff"]
    clicks = evaluation.by_click()
    return {
        "users": evaluation.ground_truth["users_evaluated"],
        f"{metric}@{cutoff}": _table(evaluation.figures, metric, cutoff),
        "replay": _table(clicks.figures, clicks.judged["metric"], cutoff) if clicks else {},
        "missing": evaluation.missing,
        "seconds": round(sum(evaluation.seconds.values()), 1),
    }


def _table(figures: list[Figure], metric: str, cutoff: int) -> dict[str, dict[str, float | None]]:
    """One measure by segment and model, None where it is missing."""
    table: dict[str, dict[str, float | None]] = {}
    for figure in figures:
        if (figure.metric, figure.cutoff) == (metric, cutoff):
            value = None if figure.value != figure.value else round(figure.value, 5)
            table.setdefault(figure.segment, {})[figure.model] = value
    return table


def _write(evaluation: Evaluation, folder: Path, evaluation_dir: Path, more: Sequence[Section] = ()) -> None:
    csv = evaluation_dir / evaluation_csv.NAME
    (folder / "metrics.json").write_text(evaluation.as_json(), encoding="utf-8")
    evaluation_csv.append_rows(csv, evaluation.rows(), evaluation.run_id, newest_of=(SERVICE_ENDING, SCHEDULED))
    write_page(folder / "report.html", render(evaluation, evaluation_csv.read_rows(csv), more))
    for name, suffix in (("metrics.json", ".json"), ("report.html", ".html")):
        _copy(folder / name, evaluation_dir / "news" / f"{evaluation.run_id}{suffix}")


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    shutil.copyfile(path, partial)
    partial.replace(target)


def _require_judged(params: NewsParams) -> None:
    """Refuse data that could not be judged, before the work begins."""
    if params.gate.cutoff not in params.evaluation.cutoffs:
        raise SettingsError(
            f"gate.cutoff {params.gate.cutoff} is not among evaluation.cutoffs {params.evaluation.cutoffs}.",
            fix="Add it there, or judge another cutoff.",
        )


def _utc(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
