"""Why a training is needed: large drift of unused data or of answers, an old release, or a low live hit rate."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.drift.figures import NAME as DRIFT
from pipelines.drift.figures import SERVED
from pipelines.guard.figures import NAME as GUARD
from pipelines.guard.verdict import POPULARITY
from pipelines.monitoring.limits import Memory
from pipelines.runs import Run
from pipelines.use_case import Context, UseCase
from script_shared.decisions.kinds import Cause
from script_shared.errors import PautaError
from script_shared.params.loop import GuardParams, MonitoringParams


@dataclass(frozen=True)
class Reason:
    """A threshold that was crossed.

    Attributes:
        cause: for counting.
        why: a sentence.
        evidence: figures, for the record.
        run_id: whose data to train on; "" for new data.
    """

    cause: Cause
    why: str
    evidence: dict[str, Any] = field(default_factory=dict)
    run_id: str = ""


def reasons(case: UseCase, context: Context, now: datetime | None = None) -> list[Reason]:
    """Every reason for a training, the most urgent first; none while no release is in service.

    Args:
        case: the use case.
        context: its settings and params; the run does not matter.
        now: the time, for the age of the release; None for the clock of the machine.

    Raises:
        InputError: the memory of earlier trainings is damaged.
        UnavailableError: the release store cannot be read.
    """
    pointer = context.releases.current()
    if pointer is None:
        return []
    params: MonitoringParams = context.params.monitoring
    found = [*_of_hit_rate(case, context, pointer.version)]
    if params.on_drift:
        found += _of_drift(case, context)
    if getattr(params, "on_answers_drift", False):
        found += _of_answers(context, pointer.version)
    if params.max_age_hours:
        created = context.releases.manifest(pointer.version).created_at
        found += _of_age(pointer.version, created, params.max_age_hours, now or datetime.now(UTC))
    return found


def _of_hit_rate(case: UseCase, context: Context, version: str) -> Iterator[Reason]:
    figures = _read(context, GUARD) if case.live else {}
    compared = figures.get("comparisons", {}).get(POPULARITY, {})
    params: GuardParams | None = getattr(context.params, "guard", None)
    high = compared.get("high")
    if params is None or high is None or figures.get("release") != version or figures.get("to"):
        return
    if high < params.train_below:
        why = (
            f"the live hit rate is {compared['value']:+.3f} compared with popularity, at most {high:+.3f}; "
            f"the threshold is {params.train_below:+g}"
        )
        yield Reason("hit_rate", why, {"figure": high, "threshold": params.train_below, "release": version})


def _of_drift(case: UseCase, context: Context) -> Iterator[Reason]:
    figures = _read(context, DRIFT)
    compared = figures.get("comparisons", {}).get("long_term", {})
    if compared.get("alarm") is not True:
        return
    try:
        run = Run(context.run.root, str(compared.get("run_id", "")))
    except PautaError:
        return
    if run.complete(case.data_steps[-1].folder) and not training_began(case, run):
        columns = [each["column"] for each in compared["columns"] if each.get("level") == "large" and each.get("used")]
        why = f"large drift of {', '.join(columns)} in run {run.run_id}, whose data no training has used"
        yield Reason("drift", why, {"run": run.run_id, "columns": columns}, run.run_id)


def _of_answers(context: Context, version: str) -> Iterator[Reason]:
    """Of answers of the release in service, unless a training was started because of them before."""
    compared = _read(context, DRIFT).get("comparisons", {}).get(SERVED[0], {})
    if compared.get("alarm") is not True or compared.get("release") != version:
        return
    columns = [each["column"] for each in compared["columns"] if each.get("level") == "large" and each.get("used")]
    evidence = {"answers_of": version, "run": compared.get("run_id", ""), "columns": columns}
    earlier = [reason for training in Memory.load(context.run.root).trainings for reason in training.get("reasons", [])]
    if not any(reason.get("answers_of") == version for reason in earlier):
        yield Reason("drift", f"large drift of {', '.join(columns)} in what release {version} answers", evidence)


def _of_age(version: str, created: datetime, most: float, now: datetime) -> Iterator[Reason]:
    hours = (now - created).total_seconds() / 3_600
    if hours > most:
        why = f"release {version} is {hours:,.0f} hours old; the threshold is {most:g}"
        yield Reason("age", why, {"figure": round(hours, 1), "threshold": most, "release": version})


def training_began(case: UseCase, run: Run) -> bool:
    """Whether a step of a training has written into the run.

    Args:
        case: names the steps.
        run: with refined data.
    """
    return any(run.folder(step.folder).exists() for step in case.training_steps)


def _read(context: Context, name: str) -> dict[str, Any]:
    """Figures of the newest comparison; empty where there are none yet, or where a writer is at it."""
    path: Path = context.settings.evaluation_dir / context.use_case / name
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
