"""The step that ends every training: records it in MLflow, in bounded time."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.registry import find
from pipelines.tracking.folder import TrackingFolder
from pipelines.use_case import Context
from script_shared.settings import Settings

log = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]


def track(context: Context) -> dict[str, Any]:
    """Record the outcome of the run. Never raises, and never takes longer than ``mlflow_seconds``.

    Args:
        context: the run, its settings, params and options.

    Returns:
        ``recorded``: whether MLflow has all trainings; ``problem``: why not; ``waiting``: how many it may lack.
    """
    return _safely(context.settings, lambda: _track(context))


def catch_up(settings: Settings, use_case: str) -> dict[str, Any]:
    """Record the trainings that MLflow lacks; like ``track``, without a run.

    Args:
        settings: ``PAUTA_MLFLOW_URI`` says where MLflow is.
        use_case: name of the use case.

    Returns:
        the keys of ``track``.
    """
    return _safely(settings, lambda: reconcile_apart(settings, use_case))


def keep_missing(settings: Settings, use_case: str) -> None:
    """Before runs are removed, keep what the records of those that MLflow lacks are made from; it never raises.

    Args:
        settings: ``PAUTA_MLFLOW_URI`` says where MLflow is.
        use_case: name of the use case.
    """
    if settings.mlflow_address is not None and find(settings, use_case).training_record is not None:
        try:
            TrackingFolder(settings, use_case).keep_missing()
        except OSError:
            log.exception("records of runs that MLflow lacks could not be kept")


def _safely(settings: Settings, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if settings.mlflow_address is None:
        return {"recorded": False, "problem": "MLflow is disabled"}
    try:
        return act()
    except Exception as error:
        log.exception("the run could not be recorded")
        return {"recorded": False, "problem": f"{type(error).__name__}: {error}"}


def _track(context: Context) -> dict[str, Any]:
    record_of = find(context.settings, context.use_case).function("training_record")
    record = record_of(context.run, context.releases, over=True)
    if record is None:
        return {"recorded": False, "problem": "nothing was trained"}
    with context.run.write("tracked") as (_, facts):
        facts.update(key=record.key, state=record.state)
    return reconcile_apart(context.settings, context.use_case)


def reconcile_apart(settings: Settings, use_case: str) -> dict[str, Any]:
    """Reconcile in a separate process with a time limit; returns a summary.

    Importing MLflow's client takes seconds and hundreds of megabytes, and no time limit of its own covers everything
    that it does.
    """
    TrackingFolder(settings, use_case).note({"problem": "it was cut short", "at": ""})  # what stays if it is killed
    command = [sys.executable, "-m", "pipelines", "tracking", "--use-case", use_case, "reconcile", "--json"]
    try:
        done = subprocess.run(
            command, env=_environment(settings), capture_output=True, timeout=settings.mlflow_seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return {"recorded": False, "problem": f"MLflow took longer than {settings.mlflow_seconds:g} s"}
    lines = done.stdout.decode(errors="replace").splitlines()
    if not lines:
        return {"recorded": False, "problem": done.stderr.decode(errors="replace")[-500:].strip()}
    outcome: dict[str, Any] = json.loads(lines[-1])
    return {
        "recorded": not outcome["problem"],
        **{name: value for name, value in outcome.items() if value and name != "at"},
    }


def _environment(settings: Settings) -> dict[str, str]:
    """The settings at hand, also where they are not those of the environment."""
    ours = {
        "PAUTA_DATA_DIR": str(settings.data_dir.absolute()),
        "PAUTA_MODELS_URI": settings.models_uri,
        "PAUTA_EVALUATION_DIR": str(settings.evaluation_dir.absolute()),
        "PAUTA_CACHE_DIR": str(settings.cache_dir),
        "PAUTA_USE_CASES": settings.use_cases,
        "PAUTA_MLFLOW_URI": settings.mlflow_address or "off",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
    }
    return {**os.environ, **ours}
