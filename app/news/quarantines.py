"""Quarantines of bad events: made, listed and taken back, for the routes and the page."""

import asyncio
import secrets
from typing import Any

from app.news.answers import iso
from app.news.event_shapes import QuarantinePost
from app.news.service import NewsService
from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest
from script_shared.events.person import session_name
from script_shared.events.quarantine import Rule

COUNTS = ("clicks", "impressions", "in_release")


async def add_quarantine(service: NewsService, body: QuarantinePost) -> dict[str, Any]:
    """Leave out bad events.

    Args:
        service: the parts of news.
        body: which events, and why.

    Returns:
        The record, as the routes show it.

    Raises:
        UnavailableError: the event log cannot be written.
    """
    now_ms = (await service.live.clock()).now_ms()
    said = {
        "reason": body.reason,
        "digests": sorted(
            {*map(user_digest, body.users), *(user_digest(session_name(each)) for each in body.sessions)}
        ),
        "networks": body.networks,
        "articles": body.pages,
        "from_ms": body.since or 0,
        "until_ms": now_ms if body.until is None else body.until,
    }
    entry = Entry(f"quarantine-{secrets.token_hex(8)}", Kind.QUARANTINE, now_ms, body=said)
    newsroom = service.intake.newsroom
    snapshot_seq = newsroom.snapshot_seq if newsroom is not None else 0
    counts = await asyncio.to_thread(service.intake.log.history.held_by, Rule.of(entry), snapshot_seq)
    entry.body.update(counts)
    await service.intake.write([entry])
    return _record(entry, None)


async def take_back(service: NewsService, quarantine_id: str) -> dict[str, Any] | None:
    """Let the events of a quarantine count again.

    Args:
        service: the parts of news.
        quarantine_id: its id.

    Returns:
        The record; None if no active quarantine has this id.

    Raises:
        UnavailableError: the event log cannot be written.
    """
    found = next((each for each in await quarantines(service) if each["id"] == quarantine_id), None)
    if found is None or found["undone"] is not None:
        return None
    now_ms = (await service.live.clock()).now_ms()
    name = f"quarantine-{secrets.token_hex(8)}"
    await service.intake.write([Entry(name, Kind.QUARANTINE, now_ms, body={"undo": quarantine_id})])
    return {**found, "undone": iso(now_ms)}


async def quarantines(service: NewsService) -> list[dict[str, Any]]:
    """All quarantines, oldest first, including those taken back.

    Args:
        service: the parts of news.

    Returns:
        Their records, as the routes show them.
    """
    entries = await asyncio.to_thread(service.intake.log.history.quarantines)
    undone = {str(entry.body["undo"]): entry.time_ms for entry in entries if "undo" in entry.body}
    return [_record(entry, undone.get(entry.entry_id)) for entry in entries if "undo" not in entry.body]


def _record(entry: Entry, undone_ms: int | None) -> dict[str, Any]:
    body = entry.body
    kept = {name: body[name] for name in ("reason", "networks", "articles", *COUNTS)}
    return {
        "id": entry.entry_id,
        "time": iso(entry.time_ms),
        "people": len(body["digests"]),
        "since": iso(body["from_ms"]) if body["from_ms"] else None,
        "until": iso(body["until_ms"]),
        "undone": iso(undone_ms) if undone_ms is not None else None,
        **kept,
    }
