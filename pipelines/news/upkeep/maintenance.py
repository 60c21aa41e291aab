"""Housekeeping: removes old releases, runs and events, erased users, and what killed steps left."""

from typing import Any

from pipelines import housekeeping
from pipelines.news.upkeep.erasure import erase_from_runs, releases_holding
from pipelines.news.upkeep.retention import prune_events
from pipelines.use_case import Context
from script_shared.errors import UnavailableError
from script_shared.events import ErasedUsers, EventLog, Kind
from script_shared.events.address import log_exists


def prune(context: Context) -> dict[str, Any]:
    """Remove old releases, runs and half-written folders, then erased users and old events.

    Erased users are taken out of the runs that stay, but for those that are going on.

    Args:
        context: the use case's data folder, its releases, settings and params.

    Returns:
        what ``pipelines.housekeeping.prune``, ``follow_erasures`` and ``prune_events`` say.
    """
    return {**housekeeping.prune(context), **follow_erasures(context), **prune_events(context)}


def follow_erasures(context: Context) -> dict[str, Any]:
    """Remove erased users from every run that is not active, and find the releases that still hold some.

    Returns:
        what ``erase_from_runs`` says; ``erased_waiting`` (runs that are going on); ``releases_with_erased`` (users by
        release; nothing is served of them, and they go with the release); ``erasures`` in words where the log cannot be
        read.
    """
    address = context.settings.events_address
    if not log_exists(address):
        return {"erased_from_runs": {}, "releases_with_erased": {}}
    log = EventLog(address)
    try:
        until, erased = log.head_fingerprint([Kind.ERASE])[0], ErasedUsers(frozenset(log.erased_digests()))
    except UnavailableError as error:
        return {"erasures": f"not followed, because {error.message.rstrip('.')}"}
    finally:
        log.close()
    ended, active = housekeeping.runs_of(context.run.root) if erased else ([], [])
    done = erase_from_runs(ended, erased, until)
    holding = releases_holding(context.releases, erased)
    return {**done, "erased_waiting": [run.run_id for run in active], "releases_with_erased": holding}
