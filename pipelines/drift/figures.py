"""The figures of the newest comparisons as JSON, which the API returns and exports as gauges."""

import json
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from pipelines.drift.compare import Drift
from pipelines.drift.model import ModelFigures, model_figures, section_of
from pipelines.drift.page import page, verdict
from pipelines.report import Section, write_page
from pipelines.use_case import Context
from script_shared.storage.local import file_lock

NAME = "drift.json"  # in the use case's folder of evaluations; the API reads the same name
PAGE = "drift.html"
DATA = ("long_term", "short_term")  # comparisons of raw data
SERVED = ("served_long_term", "served_short_term")  # of what the release in service answers


def publish_drift(
    context: Context, folder: Path, drifts: Mapping[str, Drift], *, more: Sequence[Section] = ()
) -> dict[str, Any]:
    """Write the page into the step's folder, and page and figures into the use case's folder of evaluations.

    Without a comparison, the figures of an earlier one are removed, so that its alert ends.

    Args:
        context: the run, and where evaluations are.
        folder: of the step.
        drifts: comparisons by name: ``long_term`` is with the reference, ``short_term`` with the last window or run.
        more: sections of the page after the comparisons.

    Returns:
        facts of the first comparison, for the step: ``drift`` by column, ``drifted``, ``alarm``, ``new_columns``,
        ``sentences``, ``missing``, ``model`` (what drift means for the model), and ``drift_page``; none without a
        comparison.
    """
    run, name = context.run, context.use_case
    target = context.settings.evaluation_dir / name
    model = model_figures(context)
    write_figures(target, drifts, run.run_id, model=model)
    if not drifts:
        return {}
    sections = [section_of(model, next(iter(drifts.values()))), *more]
    write_page(folder / PAGE, page(drifts, f"{name.capitalize()}: drift", f"Run {run.run_id}", more=sections))
    shutil.copyfile(folder / PAGE, target / f"{run.run_id}-{PAGE}")
    first = next(iter(drifts.values()))
    return {
        "drift": {each.column: round(each.index, 4) for each in first.shifts},
        "drifted": first.columns("large"),
        "alarm": first.alarm,
        "new_columns": list(first.new_columns),
        "sentences": [*first.sentences(), model.sentence(alarm=first.alarm)],
        "model": model.sentence(alarm=first.alarm),
        "missing": {each.column: round(each.missing, 4) for each in first.shifts},
        "drift_page": str(target / f"{run.run_id}-{PAGE}"),
    }


def write_figures(
    folder: Path,
    drifts: Mapping[str, Drift],
    run_id: str,
    *,
    names: Collection[str] = DATA,
    model: ModelFigures | None = None,
    release: str = "",
) -> Path:
    """Replace the figures of some comparisons of a use case; a reading process gets either the old file or the new one.

    Args:
        folder: of the use case's evaluations.
        drifts: by name.
        run_id: of the run that was compared.
        names: the comparisons that this caller measures: those that ``drifts`` lacks are removed. The file itself is
            removed with the last one.
        model: figures of the release in service; None leaves those that are there.
        release: whose answers were compared; "" for comparisons of data.

    Returns:
        the path of the file, which may be gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / NAME, folder / f".{NAME}.partial"
    with file_lock(folder / f".{NAME}.lock"):
        before = _read(path)
        kept = {name: each for name, each in before.get("comparisons", {}).items() if name not in names}
        of = {"run_id": run_id, "release": release}
        comparisons = kept | {name: {**of, **_comparison(drift)} for name, drift in drifts.items()}
        if not comparisons:
            path.unlink(missing_ok=True)
            return path
        alarm = any(each["alarm"] for each in comparisons.values())
        content: dict[str, Any] = {
            "run_id": run_id,
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "comparisons": comparisons,
            "model": before.get("model") if model is None else model.plain(alarm=alarm),
        }
        partial.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
        partial.replace(path)
    return path


def _read(path: Path) -> dict[str, Any]:
    """The figures that are there; none where the file is missing or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _comparison(drift: Drift) -> dict[str, Any]:
    return {
        "before": drift.before,
        "now": drift.now,
        "rows_before": drift.rows_before,
        "rows": drift.rows,
        "alarm": drift.alarm,
        "verdict": verdict(drift),
        "columns": [_plain(asdict(each)) for each in drift.shifts],
        "new_columns": list(drift.new_columns),
        "lost_columns": list(drift.lost_columns),
        "sentences": drift.sentences(),
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no nan: a missing figure is null."""
    return {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in values.items()}
