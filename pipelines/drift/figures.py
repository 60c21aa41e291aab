"""The figures of the newest comparisons as JSON, which the API returns and exports as gauges."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from pipelines.drift.compare import Drift
from pipelines.drift.page import page, verdict
from pipelines.report import Section, write_page
from pipelines.use_case import Context

NAME = "drift.json"  # in the use case's folder of evaluations; the API reads the same name
PAGE = "drift.html"


def publish_drift(
    context: Context, folder: Path, drifts: Mapping[str, Drift], *, more: Sequence[Section] = ()
) -> dict[str, Any]:
    """Write the page into the step's folder, and page and figures into the use case's folder of evaluations.

    Args:
        context: the run, its settings, params and options.
        folder: of the step that compares; the page is ``drift.html`` in it.
        drifts: comparisons by name: ``long_term`` is with the reference, ``short_term`` with the last window or run.
        more: sections of the page after the comparisons.

    Returns:
        facts of the first comparison, for the step: ``drift`` by column, ``drifted``, ``alarm``, ``new_columns``,
        ``sentences``, ``missing``, and ``drift_page``.
    """
    run, name = context.run, context.use_case
    target = context.settings.evaluation_dir / name
    target.mkdir(parents=True, exist_ok=True)
    write_page(folder / PAGE, page(drifts, f"{name.capitalize()}: drift", f"Run {run.run_id}", more=more))
    shutil.copyfile(folder / PAGE, target / f"{run.run_id}-{PAGE}")
    write_figures(target, drifts, run.run_id)
    first = next(iter(drifts.values()))
    return {
        "drift": {each.column: round(each.index, 4) for each in first.shifts},
        "drifted": first.columns("large"),
        "alarm": first.alarm,
        "new_columns": list(first.new_columns),
        "sentences": first.sentences(),
        "missing": {each.column: round(each.missing, 4) for each in first.shifts},
        "drift_page": str(target / f"{run.run_id}-{PAGE}"),
    }


def write_figures(folder: Path, drifts: Mapping[str, Drift], run_id: str) -> Path:
    """Replace the figures of a use case; a reading process gets either the old file or the new one."""
    content: dict[str, Any] = {
        "run_id": run_id,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "comparisons": {name: _comparison(drift) for name, drift in drifts.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / NAME, folder / f".{NAME}.partial"
    partial.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
    partial.replace(path)
    return path


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
