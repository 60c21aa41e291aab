"""The record of one training of the recruiting use case, out of the run's folders alone."""

import json
from typing import Any

from pipelines.runs import Run
from pipelines.tracking.record import Record, flat, metric_name, numbers
from pipelines.tracking.registry_plan import VERDICTS
from pipelines.tracking.run_facts import data_of, finished_ms, gate_note, published_release, state_of, steps_after
from script_shared.releases import Releases

PARAMS = "training_params.json"
FILES = {  # by place among the artifacts: step and file
    "data-card.html": ("quality", "data-card.html"),
    "evaluation/report.html": ("evaluated", "report.html"),
    "evaluation/metrics.json": ("evaluated", "metrics.json"),
    "gate/verdict.json": ("gated", "verdict.json"),
    "params.json": ("trained", PARAMS),
}


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
    steps = steps_after(run, finished_ms(trained))
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
        state=state_of(run, steps, ended_ms, over=over),
        started_ms=finished_ms(trained) - int(1_000 * trained.get("seconds", 0)),
        ended_ms=ended_ms,
        params=flat(json.loads(params.read_text(encoding="utf-8"))) if params else {},
        metrics=_metrics(trained, steps),
        tags=_tags(steps),
        data=data_of(run, "landing"),
        release=published_release(releases, steps),
        files=files,
    )


def _metrics(trained: dict[str, Any], steps: dict[str, Any]) -> dict[str, float]:
    figures = {metric_name("all", name): value for name, value in steps.get("evaluated", {}).items()}
    training = {f"training/{name}": value for name, value in trained.items() if name != "run_id"}
    release = {f"release/{name}": steps.get("published", {}).get(name) for name in ("files", "megabytes")}
    return numbers({**figures, **training, **release})


def _tags(steps: dict[str, Any]) -> dict[str, str]:
    gated = steps.get("gated", {})
    tags = {
        "pauta.last_step": list(steps)[-1] if steps else "trained",
        "pauta.gate": VERDICTS.get(str(gated.get("accepted")), ""),
        "pauta.forced": str(gated.get("forced") or ""),
        "pauta.held_against": str(gated.get("in_service") or ""),
        "mlflow.note.content": gate_note(gated, [str(reason) for reason in gated.get("reasons", [])]),
    }
    return {name: value for name, value in tags.items() if value}
