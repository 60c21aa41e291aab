"""The record of one training of the news use case, out of the run's folders alone."""

import json
import time
from pathlib import Path
from typing import Any

from pipelines.measures.figures import Figure
from pipelines.news.evaluation.result import CANDIDATE, Evaluation, read_evaluation
from pipelines.news.release.refit import MARK
from pipelines.news.training.segments import PARAMS
from pipelines.runs import MANIFEST, Run
from pipelines.tracking.record import Record, State, flat, metric_name, numbers
from pipelines.tracking.registry_plan import VERDICTS
from pipelines.tracking.run_facts import data_of, finished_ms, gate_note, published_release
from pipelines.training_note import note_tags
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.releases import Releases

AFTER_TRAINING = ("assembled", "ranked", "evaluated", "gated", "refitted", "published")
TRACKED = "tracked"  # where the step that ends a run leaves its mark
FRESH_SECONDS = 3_600  # a run that finished a step within the last hour may still be going on
FILES = {  # by place among the artifacts: step and file
    "data-card.html": ("quality", "data-card.html"),
    "evaluation/report.html": ("evaluated", "report.html"),
    "evaluation/metrics.json": ("evaluated", "metrics.json"),
    "gate/verdict.json": ("gated", "verdict.json"),
}


def trained_runs(root: Path) -> list[str]:
    """Ids of the runs below the use case's folder in which a segment was trained.

    Args:
        root: the use case's data folder.
    """
    return sorted({path.parents[1].name for path in (root / "trained").glob(f"[!.]*/[!.]*/{MANIFEST}")})


def record_of(run: Run, releases: Releases, *, over: bool = False) -> Record | None:
    """What the run's folders say of its last training; None when nothing was trained.

    Steps that finished before that training belong to an earlier one and are left out.

    Args:
        run: which.
        releases: where its release is, if it was published.
        over: nothing more will happen in it.
    """
    trained = {name: run.facts("trained", name) for name in SEGMENT_NAMES if run.complete("trained", name)}
    if not trained:
        return None
    steps = _steps(run, trained)
    ended_ms = max(finished_ms(facts) for facts in [*trained.values(), *steps.values()])
    started_ms = min(finished_ms(facts) - int(1_000 * facts.get("seconds", 0)) for facts in trained.values())
    files = {place: run.folder(step) / name for place, (step, name) in FILES.items() if step in {"quality", *steps}}
    files["params.json"] = run.folder("trained", next(iter(trained))) / PARAMS
    evaluation = read_evaluation(run.folder("evaluated") / "metrics.json") if "evaluated" in steps else None
    return Record(
        key=f"{run.run_id}@{min(finished_ms(facts) for facts in trained.values()) // 1_000}",
        run_id=run.run_id,
        state=_state(run, steps, ended_ms, over),
        started_ms=started_ms,
        ended_ms=ended_ms,
        params=_params(files["params.json"]),
        metrics=_figures(evaluation) | _sizes(run, trained, steps),
        tags=_tags(trained, steps, evaluation) | note_tags(run),
        data=data_of(run, "raw"),
        release=published_release(releases, steps),
        files={place: file for place, file in files.items() if file.is_file()},
    )


def _steps(run: Run, trained: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Facts of the steps that followed this training, in order; a later training makes earlier ones void."""
    steps: dict[str, dict[str, Any]] = {}
    since = max(finished_ms(facts) for facts in trained.values())
    for name in AFTER_TRAINING if len(trained) == len(SEGMENT_NAMES) else ():
        if not run.complete(name):
            continue  # a run from before there was such a step
        if finished_ms(run.facts(name)) < since:
            break
        steps[name] = run.facts(name)
        since = finished_ms(steps[name])
    return steps


def _state(run: Run, steps: dict[str, Any], ended_ms: int, over: bool) -> State:
    if "published" in steps:
        return "finished"
    marked = run.complete(TRACKED) and finished_ms(run.facts(TRACKED)) >= ended_ms
    return "failed" if over or marked or time.time() - ended_ms / 1_000 > FRESH_SECONDS else "running"


def _params(file: Path) -> dict[str, str]:
    return flat(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _figures(evaluation: Evaluation | None) -> dict[str, float]:
    """Of one list per user, then of a list before every click, as ``replay/…``."""
    if evaluation is None:
        return {}
    clicks = evaluation.by_click()
    replayed = _main_figures(clicks) if clicks else {}
    return _main_figures(evaluation) | {f"replay/{name}": value for name, value in replayed.items()}


def _main_figures(evaluation: Evaluation) -> dict[str, float]:
    """All figures of the candidate; of the others, and as intervals, those that the gate looks at."""
    judged = (evaluation.judged["metric"], evaluation.judged["cutoff"])
    found: dict[str, float] = {}
    for figure in evaluation.figures:
        looked_at = (figure.metric, figure.cutoff) == judged
        if figure.model == CANDIDATE or looked_at:
            found |= _figure_metrics(figure, interval=looked_at)
    return numbers(found)


def _figure_metrics(figure: Figure, *, interval: bool) -> dict[str, float]:
    measure = f"{figure.metric}@{figure.cutoff}"
    place = (figure.segment, measure) if figure.model == CANDIDATE else (figure.segment, figure.model, measure)
    name = metric_name(*place)
    ends = {f"{name}_low": figure.low, f"{name}_high": figure.high} if interval else {}
    return {name: figure.value, **ends}


def _sizes(run: Run, trained: dict[str, Any], steps: dict[str, Any]) -> dict[str, float]:
    """Of the data, the parts and the release, with the seconds that they took."""
    found: dict[str, Any] = {}
    refined = run.facts("refined") if run.complete("refined") else {}
    found |= {f"data/{name}": refined.get(name) for name in ("users", "articles", "interactions", "rejected_rows")}
    for segment, facts in trained.items():
        found |= {f"training/{segment}_{name}": facts.get(name) for name in ("seconds", "users", "interactions")}
    ranked, published = steps.get("ranked", {}), steps.get("published", {})
    found |= {f"training/ranker_{name}": ranked.get(name) for name in ("seconds", "requests", "rows", "trees")}
    found |= {f"release/{name}": published.get(name) for name in ("files", "megabytes")}
    if "evaluated" in steps:
        found["evaluation/users"] = steps["evaluated"].get("users")
    return numbers(found)


def _tags(trained: dict[str, Any], steps: dict[str, Any], evaluation: Evaluation | None) -> dict[str, str]:
    gated = steps.get("gated", {})
    reasons = [str(reason) for reason in gated.get("reasons", [])]
    tags = {
        "pauta.last_step": list(steps)[-1] if steps else f"trained: {', '.join(trained)}",
        "pauta.ranker": _ranker(steps.get("ranked", {})),
        "pauta.gate": VERDICTS.get(str(gated.get("accepted")), ""),
        "pauta.forced": str(gated.get("forced") or ""),
        "pauta.refit": MARK if steps.get("refitted", {}).get("refit") else "",
        "pauta.held_against": str(gated.get("in_service") or ""),
        "pauta.window": f"{evaluation.window['start']} to {evaluation.window['end']}" if evaluation else "",
        "mlflow.note.content": gate_note(gated, reasons),
    }
    return {name: value for name, value in tags.items() if value}


def _ranker(ranked: dict[str, Any]) -> str:
    if "ranker" not in ranked:
        return ""
    return "yes" if ranked["ranker"] else f"no: {ranked.get('why_not', '')}"
