"""A file beside the evaluations that says which run of MLflow holds which training, for the pages that link to it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.run_folders import partial_of
from pipelines.tracking.record import Record

NAME = "mlflow_runs.json"


def write_run_ids(folder: Path, experiment: str, ids: Mapping[str, str], records: Iterable[Record]) -> None:
    """Replace the file; runs that were removed since the last delivery stay in it.

    Args:
        folder: folder of the use case's evaluations; made when missing.
        experiment: id of the use case's experiment in MLflow.
        ids: MLflow's ids by key of the record.
        records: oldest first; the newest of a run counts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    found = _read_runs(path, experiment) | {each.run_id: ids[each.key] for each in records if each.key in ids}
    partial = partial_of(path)
    partial.write_text(json.dumps({"experiment": experiment, "runs": found}), encoding="utf-8")
    partial.replace(path)


def _read_runs(path: Path, experiment: str) -> dict[str, str]:
    """What the file says of the same experiment; nothing where it is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content["runs"]) if content["experiment"] == experiment else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
