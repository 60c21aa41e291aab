"""Evaluates the release in service on the newest events, which no data run has refined yet."""

import logging
from contextlib import closing
from dataclasses import replace
from typing import Any

from pipelines.news.evaluation.step import SERVICE_STEP, evaluate_service
from pipelines.news.refine import refine
from pipelines.news.sources import download
from pipelines.runs import Run, latest_run, new_run_id, remove
from pipelines.use_case import Context
from script_shared.errors import PautaError
from script_shared.events import EventLog, Kind
from script_shared.events.address import log_exists

log = logging.getLogger("pauta.pipelines")


def evaluate_newest(context: Context) -> dict[str, Any]:
    """Measure the release in service; if the event log has newer clicks than the newest run, on these as well.

    Then a run of its own is downloaded and refined for the evaluation, and removed afterwards: it starts no training,
    and takes no place among the runs that maintenance keeps. If that fails, the run of the context is evaluated.

    Args:
        context: with a refined run; any but the newest one is evaluated as it is.

    Returns:
        what ``evaluate_service`` returns, and ``newest_events``: how far the evaluated data reach.

    Raises:
        ReleaseMissingError: no release is in service yet.
        RunError: nothing was refined yet.
    """
    if (waiting := _newer_clicks(context)) is None:
        return evaluate_service(context) | {"newest_events": "the run has all of them"}
    fresh = replace(context, run=Run(context.run.root, new_run_id()))
    try:
        refined, why = _try_refine(fresh)
        used = fresh if refined else context
        return evaluate_service(used) | {"newest_events": why or f"up to entry {waiting} of the log"}
    finally:
        for step in ("raw", "refined", SERVICE_STEP):
            remove(fresh.run.place(step))


def _newer_clicks(context: Context) -> int | None:
    """The number of the newest click in the log, if the newest run is to be evaluated and lacks it; else None."""
    address, run = context.settings.events_address, context.run
    if latest_run(run.root, "refined") != run.run_id or not log_exists(address):
        return None
    known = run.facts("raw").get("events_seq", 0) if run.complete("raw") else 0
    try:
        with closing(EventLog(address)) as events:
            newest = events.head_fingerprint([Kind.CLICK])[0]
    except PautaError as error:
        log.warning("the newest events are not evaluated: %s", error.message)
        return None
    return newest if newest > known else None


def _try_refine(fresh: Context) -> tuple[bool, str]:
    """Whether the run could be refined, and why not."""
    try:
        download(fresh)
        refine(fresh)
    except PautaError as error:
        log.warning("the newest events are not evaluated: %s", error.message)
        return False, f"left out: {error.message}"
    return True, ""
