"""Deletes old events and replaced posts from the log, but never what the release in service still needs."""

import json
from typing import Any

from pipelines.use_case import Context
from script_shared.clock import clock_of
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.news.serving.loading import POSITION

DAY_MS = 86_400_000
NOTHING = {"events_pruned": 0, "served_pruned": 0, "posts_pruned": 0}


def prune_events(context: Context) -> dict[str, Any]:
    """Remove clicks and impressions older than ``PAUTA_EVENTS_RETENTION_DAYS`` from the event log, and served lists.

    The age counts back from now on the clock of the release in service. What comes after the last entry that this
    release has in its snapshot stays, however old: without it a restarted API would not know it. So a release without a
    snapshot, or none at all, keeps everything. Served lists are needed by no release: those older than
    ``PAUTA_SERVED_RETENTION_DAYS`` leave. A post about an article leaves when later posts replaced every field of it
    and it is older than ``PAUTA_POSTS_RETENTION_DAYS``.

    Returns:
        ``events_pruned``, ``served_pruned``, ``posts_pruned``, and ``events_kept``, why none can be deleted.

    Raises:
        ReleaseError: the release in service is damaged.
    """
    address = context.settings.events_address
    if not log_exists(address):
        return NOTHING | {"events_kept": "no event log yet"}
    now_ms, until = _bounds(context)
    log = EventLog(address)
    try:
        served = log.served.prune(now_ms - int(context.settings.served_retention_days * DAY_MS)) if now_ms else 0
        if not until:
            kept = "no release in service has them in its snapshot"
            return NOTHING | {"served_pruned": served, "events_kept": kept}
        events, posts = (
            now_ms - int(days * DAY_MS)
            for days in (context.settings.events_retention_days, context.settings.posts_retention_days)
        )
        return {
            "events_pruned": log.prune(events, until),
            "served_pruned": served,
            "posts_pruned": log.superseded.prune(posts, until),
        }
    except UnavailableError as error:
        return NOTHING | {"events_kept": error.message.rstrip(".")}
    finally:
        log.close()


def _bounds(context: Context) -> tuple[int, int]:
    """Now on the clock of the release in service, 0 for none, and the number of the last entry that it has folded."""
    releases = context.releases
    pointer = releases.current()
    if pointer is None:
        return 0, 0
    folder = releases.fetch(pointer.version)
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    position = folder / "live" / POSITION
    until = int(json.loads(position.read_text(encoding="utf-8"))["seq"]) if position.exists() else 0
    return clock_of(facts, context.settings.clock).now_ms(), until
