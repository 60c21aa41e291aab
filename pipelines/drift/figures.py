"""The figures of the newest comparison as JSON, which the API shows as gauges."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from pipelines.drift.compare import Drift

NAME = "drift.json"  # in the use case's folder of evaluations; the API reads the same name


def write_figures(folder: Path, drift: Drift, run_id: str) -> Path:
    """Replace the figures of a use case; a reader sees the old file or the new one."""
    content: dict[str, Any] = {
        "run_id": run_id,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "before": drift.before,
        "now": drift.now,
        "rows_before": drift.rows_before,
        "rows": drift.rows,
        "columns": [_plain(asdict(each)) for each in drift.shifts],
        "new_columns": list(drift.new_columns),
        "lost_columns": list(drift.lost_columns),
        "sentences": drift.sentences(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / NAME, folder / f".{NAME}.partial"
    partial.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
    partial.replace(path)
    return path


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no nan: a missing figure is null."""
    return {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in values.items()}
