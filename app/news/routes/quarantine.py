"""Quarantines: bad events leave the live state and later trainings until the quarantine is taken back."""

import asyncio
import secrets
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from app.decisions import TheDecisions
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.answers import iso
from app.news.event_shapes import QuarantineList, QuarantinePost, QuarantineRecord
from app.news.service import NewsService, TheNews
from app.security.requirement import require
from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest
from script_shared.events.person import session_name
from script_shared.events.quarantine import Rule

router = APIRouter(
    prefix="/quarantine", tags=["events"], dependencies=[require("operator", "news")], route_class=BodyRoute
)


@router.post("", summary="Quarantine bad events", response_model=QuarantineRecord)
async def post_quarantine(body: QuarantinePost, service: TheNews, decisions: TheDecisions) -> Response:
    """Leave out bad events: from the live state of every process within seconds, and from the next training.

    Events that the release in service was trained on stay in it until the next training.
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
    await decisions.record("quarantine", "news", after=entry.entry_id, why=body.reason, evidence=counts)
    return json_response(_record(entry, None))


@router.get("", summary="List quarantines", response_model=QuarantineList)
async def get_quarantine(service: TheNews) -> Response:
    """All quarantines, oldest first, including those taken back."""
    return json_response({"quarantines": await _records(service)})


@router.delete("/{quarantine_id}", summary="Take a quarantine back", response_model=QuarantineRecord)
async def delete_quarantine(quarantine_id: str, service: TheNews, decisions: TheDecisions) -> Response:
    """Take a quarantine back. Its events count again: in the live state within seconds, and in the next training."""
    found = next((each for each in await _records(service) if each["id"] == quarantine_id), None)
    if found is None or found["undone"] is not None:
        raise HTTPException(404, "No active quarantine has this id.")
    now_ms = (await service.live.clock()).now_ms()
    name = f"quarantine-{secrets.token_hex(8)}"
    await service.intake.write([Entry(name, Kind.QUARANTINE, now_ms, body={"undo": quarantine_id})])
    await decisions.record("quarantine", "news", before=quarantine_id, why="taken back")
    return json_response({**found, "undone": iso(now_ms)})


async def _records(service: NewsService) -> list[dict[str, Any]]:
    entries = await asyncio.to_thread(service.intake.log.history.quarantined)
    undone = {str(entry.body["undo"]): entry.time_ms for entry in entries if "undo" in entry.body}
    return [_record(entry, undone.get(entry.entry_id)) for entry in entries if "undo" not in entry.body]


def _record(entry: Entry, undone_ms: int | None) -> dict[str, Any]:
    body = entry.body
    kept = {name: body[name] for name in ("reason", "networks", "articles", "clicks", "impressions", "in_release")}
    return {
        "id": entry.entry_id,
        "time": iso(entry.time_ms),
        "people": len(body["digests"]),
        "since": iso(body["from_ms"]) if body["from_ms"] else None,
        "until": iso(body["until_ms"]),
        "undone": iso(undone_ms) if undone_ms is not None else None,
        **kept,
    }
