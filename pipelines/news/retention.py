"""What leaves the event log by age: never what the release in service would still need to fold."""

import json
from typing import Any

from pipelines.use_case import Context
from script_shared.clock import clock_of
from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.events.address import begun
from script_shared.news.live.loading import POSITION

DAY_MS = 86_400_000


def prune_events(context: Context) -> dict[str, Any]:
    """Remove clicks, impressions and served answers older than ``PAUTA_EVENTS_RETENTION_DAYS`` from the event log.

    The age counts back from now on the clock of the release in service. What comes after the last entry that this
    release has in its snapshot stays, however old: without it a restarted API would not know it. So a release without a
    snapshot, or none at all, keeps everything.

    Returns:
        ``events_pruned``, and ``events_kept`` with the reason where nothing can go.

    Raises:
        ReleaseError: the release in service is damaged.
    """
    address = context.settings.events_address
    if not begun(address):
        return {"events_pruned": 0, "events_kept": "no event log yet"}
    before_ms, until = _bounds(context)
    if not until:
        return {"events_pruned": 0, "events_kept": "no release in service has them in its snapshot"}
    log = EventLog(address)
    try:
        return {"events_pruned": log.prune(before_ms, until)}
    except UnavailableError as error:
        return {"events_pruned": 0, "events_kept": error.message.rstrip(".")}
    finally:
        log.close()


def _bounds(context: Context) -> tuple[int, int]:
    """The time before which entries are old, and the number of the last one that the release in service has folded."""
    releases = context.releases
    pointer = releases.current()
    if pointer is None:
        return 0, 0
    folder = releases.fetch(pointer.version)
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    position = folder / "live" / POSITION
    until = int(json.loads(position.read_text(encoding="utf-8"))["seq"]) if position.exists() else 0
    now_ms = clock_of(facts, context.settings.clock).now_ms()
    return now_ms - int(context.settings.events_retention_days * DAY_MS), until
