"""The record of one training of a use case with the usual steps, from the run's folders alone."""

import json
from collections.abc import Callable
from typing import Any

from pipelines.runs import Run
from pipelines.tracking.record import Record, flat, metric_name, numbers
from pipelines.tracking.registry_plan import VERDICTS
from pipelines.tracking.run_facts import data_of, finished_ms, gate_note, published_release, state_of, steps_after
from pipelines.training_note import note_tags
from script_shared.releases import Releases

Facts = dict[str, Any]
PARAMS = "training_params.json"  # written by the step train
FILES = {  # by place among the artifacts: step and file
    "data-card.html": ("quality", "data-card.html"),
    "evaluation/report.html": ("evaluated", "report.html"),
    "evaluation/metrics.json": ("evaluated", "metrics.json"),
    "gate/verdict.json": ("gated", "verdict.json"),
    "params.json": ("trained", PARAMS),
}


def record_of_training(
    run: Run,
    releases: Releases,
    *,
    over: bool,
    training: Callable[[Facts], Facts],
    tags: Callable[[Facts, Facts], Facts] = lambda trained, steps: {},
) -> Record | None:
    """The record of the run's last training from its folders; None if nothing was trained.

    Args:
        run: the run to record.
        releases: where its release is, if it was published.
        over: whether the run has ended.
        training: numbers to record, from the facts of ``train``.
        tags: more tags, from the facts of ``train`` and of the later steps; empty ones are left out.
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
        metrics=_metrics(training(trained), steps),
        tags={
            name: str(value)
            for name, value in {**_tags(steps), **tags(trained, steps), **note_tags(run)}.items()
            if value
        },
        data=data_of(run, "landing"),
        release=published_release(releases, steps),
        files=files,
    )


def _metrics(training: Facts, steps: Facts) -> dict[str, float]:
    figures = {metric_name("all", name): value for name, value in steps.get("evaluated", {}).items()}
    release = {f"release/{name}": steps.get("published", {}).get(name) for name in ("files", "megabytes")}
    return numbers({**figures, **{f"training/{name}": value for name, value in training.items()}, **release})


def _tags(steps: Facts) -> Facts:
    gated = steps.get("gated", {})
    return {
        "pauta.last_step": list(steps)[-1] if steps else "trained",
        "pauta.gate": VERDICTS.get(str(gated.get("accepted")), ""),
        "pauta.forced": gated.get("forced"),
        "pauta.held_against": gated.get("in_service"),
        "mlflow.note.content": gate_note(gated, [str(reason) for reason in gated.get("reasons", [])]),
    }
