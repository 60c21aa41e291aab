"""Housekeeping: old releases and runs, which hold children's records, and what killed steps left are removed."""

import shutil
import time
from pathlib import Path
from typing import Any

from pipelines.runs import MANIFEST, latest_run, remove
from pipelines.use_case import Context

FRESH_SECONDS = 3_600  # a run that finished a step within the last hour may still be going on
STALE_SECONDS = 86_400  # a half-written folder untouched for a day belongs to a killed step


def prune(context: Context) -> dict[str, Any]:
    """Remove releases beyond ``releases.keep``, runs beyond ``releases.keep_runs``, and half-written folders.

    Never removed: the release in service and the one a rollback would take, the newest finished run of each step, a run
    that is going on.

    Returns:
        ``releases``, ``runs`` and ``partial_folders`` that were removed.
    """
    params = context.params.releases
    return {
        "releases": context.releases.prune(params.keep),
        "partial_folders": _remove_stale(context.run.root),
        "runs": _prune_runs(context.run.root, params.keep_runs),
    }


def _prune_runs(root: Path, keep: int) -> list[str]:
    steps = sorted(path for path in root.glob("[!.]*") if path.is_dir())
    finished: dict[str, float] = {}
    for manifest in root.glob(f"[!.]*/[!.]*/{MANIFEST}"):
        run = manifest.parent.name
        finished[run] = max(finished.get(run, 0.0), manifest.stat().st_mtime)
    newest = sorted(finished, key=lambda run: (finished[run], run), reverse=True)
    needed = {*newest[:keep], *(latest_run(root, step.name) for step in steps)}
    old = [run for run in newest if run not in needed and time.time() - finished[run] > FRESH_SECONDS]
    for run in old:
        for step in steps:
            remove(step / run)
    return sorted(old)


def _remove_stale(root: Path) -> list[str]:
    found = [path for path in root.glob("*/.*.partial") if time.time() - path.stat().st_mtime > STALE_SECONDS]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return sorted(path.relative_to(root).as_posix() for path in found)
