"""The record of one training of the students use case, out of the run's folders alone."""

import json
import time
from pathlib import Path
from typing import Any

from pipelines.runs import MANIFEST, Run
from pipelines.students.training.step import PARAMS
from pipelines.tracking.record import Record, State, flat, metric_name, numbers
from pipelines.tracking.registry_plan import VERDICTS
from pipelines.tracking.run_facts import data_of, finished_ms, gate_note, published_release
from script_shared.releases import Releases

AFTER_TRAINING = ("evaluated", "gated", "published")
TRACKED = "tracked"  # where the step that ends a run leaves its mark
FRESH_SECONDS = 3_600  # a run that finished a step within the last hour may still be going on
FILES = {  # by place among the artifacts: step and file
    "data-card.html": ("quality", "data-card.html"),
    "evaluation/report.html": ("evaluated", "report.html"),
    "evaluation/metrics.json": ("evaluated", "metrics.json"),
    "gate/verdict.json": ("gated", "verdict.json"),
    "params.json": ("trained", PARAMS),
}


def trained_runs(root: Path) -> list[str]:
    """Ids of the runs below the use case's folder in which a model was trained."""
    return sorted({path.parent.name for path in (root / "trained").glob(f"[!.]*/{MANIFEST}")})


def record_of(run: Run, releases: Releases, *, over: bool = False) -> Record | None:
    """What the run's folders say of its last training; None when nothing was trained.

    Args:
        run: which.
        releases: where its release is, if it was published.
        over: nothing more will happen in it.
    """
    if not run.complete("trained"):
        return None
    trained = run.facts("trained")
    steps = _steps(run, finished_ms(trained))
    ended_ms = max(finished_ms(facts) for facts in [trained, *steps.values()])
    files = {
        place: run.folder(step) / name
        for place, (step, name) in FILES.items()
        if step in {"quality", "trained", *steps} and (run.folder(step) / name).is_file()
    }
    params = files.get("params.json")
    return Record(
        key=f"{run.run_id}@{finished_ms(trained) // 1_000}",
        run_id=run.run_id,
        state=_state(run, steps, ended_ms, over),
        started_ms=finished_ms(trained) - int(1_000 * trained.get("seconds", 0)),
        ended_ms=ended_ms,
        params=flat(json.loads(params.read_text(encoding="utf-8"))) if params else {},
        metrics=_metrics(trained, steps),
        tags=_tags(trained, steps),
        data=data_of(run, "landing"),
        release=published_release(releases, steps),
        files=files,
    )


def _steps(run: Run, since: int) -> dict[str, dict[str, Any]]:
    """Facts of the steps that followed this training, in order; a later training makes earlier ones void."""
    steps: dict[str, dict[str, Any]] = {}
    for name in AFTER_TRAINING:
        if not run.complete(name) or finished_ms(run.facts(name)) < since:
            break
        steps[name] = run.facts(name)
        since = finished_ms(steps[name])
    return steps


def _state(run: Run, steps: dict[str, Any], ended_ms: int, over: bool) -> State:
    if "published" in steps:
        return "finished"
    marked = run.complete(TRACKED) and finished_ms(run.facts(TRACKED)) >= ended_ms
    return "failed" if over or marked or time.time() - ended_ms / 1_000 > FRESH_SECONDS else "running"


def _metrics(trained: dict[str, Any], steps: dict[str, Any]) -> dict[str, float]:
    figures = {metric_name("all", name): value for name, value in steps.get("evaluated", {}).items()}
    sizes = {f"training/{name}": trained["model"].get(name) for name in ("students", "rows")}
    release = {f"release/{name}": steps.get("published", {}).get(name) for name in ("files", "megabytes")}
    return numbers({**figures, **sizes, **release, "training/seconds": trained.get("seconds")})


def _tags(trained: dict[str, Any], steps: dict[str, Any]) -> dict[str, str]:
    gated = steps.get("gated", {})
    reasons = [str(reason) for reason in gated.get("reasons", [])]
    tags = {
        "pauta.last_step": list(steps)[-1] if steps else "trained",
        "pauta.members": ", ".join(trained["members"]),
        "pauta.gate": VERDICTS.get(str(gated.get("accepted")), ""),
        "pauta.forced": str(gated.get("forced") or ""),
        "pauta.held_against": str(gated.get("in_service") or ""),
        "pauta.window": str(steps.get("evaluated", {}).get("test", "")),
        "mlflow.note.content": gate_note(gated, reasons),
    }
    return {name: value for name, value in tags.items() if value}
