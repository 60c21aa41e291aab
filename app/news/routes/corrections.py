"""DELETE and PUT /events/{event_id}: take one event out, or correct it."""

import asyncio
import contextlib
import hashlib
from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response

from app.decisions import TheDecisions
from app.http.bodies import BodyRoute
from app.http.errors import problem
from app.http.json_answer import json_response
from app.news.event_shapes import Correction, EventCorrected
from app.news.routes.events import KINDS
from app.news.service import NewsService, TheNews
from app.news.text_fields import RequiredId
from app.security.requirement import require
from script_shared.errors import UnavailableError
from script_shared.events import Entry, Kind, Quarantine
from script_shared.events.entry import TRACE

router = APIRouter(prefix="/events", tags=["events"], dependencies=[require("operator", "news")], route_class=BodyRoute)
EventId = Annotated[RequiredId, Path(description="The event id; it may contain slashes.")]
LABELS = ("session", "region", "device", "os", "referrer", "section")
REASON = "correction"


@router.delete("/{event_id:path}", summary="Take one event out", response_model=EventCorrected)
async def delete_event(event_id: EventId, service: TheNews, decisions: TheDecisions) -> Response:
    """Take one event out. It leaves the live state of every process within seconds, and the next training.

    Its row stays in the event log until its age or an erasure removes it, so that its id cannot count again. To delete
    the data of a person, use ``DELETE /users/{user_id}``. An event that was deleted cannot be corrected: 404.
    """
    name = await asyncio.to_thread(_free_name, service, event_id)
    found = await _find(service, event_id)
    rule = await _rule(service, found, name)
    await _write(service, found, [rule])
    await decisions.record("correction", "news", after=rule.entry_id, why="one event deleted")
    return json_response(_correction_json(service, found, rule, None))


@router.put("/{event_id:path}", summary="Correct one event", response_model=EventCorrected)
async def put_event(
    request: Request, event_id: EventId, body: Correction, service: TheNews, decisions: TheDecisions
) -> Response:
    """Replace one event by a corrected one, both or neither.

    When two corrections of an event, or a correction and a deletion, arrive at the same time, one counts and the other
    gets a 409, as does a correction of an event that was erased with its user meanwhile.
    """
    name = await asyncio.to_thread(_free_name, service, event_id)  # before the event is read: else both could count
    found = await _find(service, event_id)
    dating = await service.dating(by_site=True)
    if body.time is not None and (refusal := dating.refusal(body.time)):
        return problem(request, 422, f"time: {refusal}.", errors=[{"in": "body", "field": "time", "message": refusal}])
    right = _right(found, body, name)
    rule = await _rule(service, found, name)
    await _write(service, found, [rule, right])
    await decisions.record("correction", "news", after=right.entry_id, why="one event corrected")
    return json_response(_correction_json(service, found, rule, right.entry_id))


async def _write(service: NewsService, found: Entry, entries: list[Entry]) -> None:
    """Write entries that delete or replace an event; returns once they are folded here.

    Raises:
        HTTPException: 409, the event was deleted, corrected or erased after it was read.
    """
    if not await asyncio.to_thread(service.intake.log.append_about, found.entry_id, entries):
        raise HTTPException(409, "This event was corrected or deleted at the same time. Read it, then retry.")
    with contextlib.suppress(UnavailableError):  # it is written; this process folds it later
        await service.intake.wait_until_folded()


def _free_name(service: NewsService, event_id: str) -> str:
    """The name of the next deletion or correction of an event, the same for all requests before it is written."""
    for earlier in count():
        name = hashlib.blake2b(f"{earlier} {event_id}".encode(), digest_size=8).hexdigest()
        ids = [f"correction-{name}", f"quarantine-{name}"]
        if not service.intake.log.find(ids):
            return name
    raise AssertionError


async def _find(service: NewsService, event_id: str) -> Entry:
    """The event, which must count.

    Raises:
        HTTPException: 404, it does not exist or was taken out before.
    """
    log = service.intake.log
    found = (await asyncio.to_thread(log.find, [event_id])).get(event_id)
    held = Quarantine.of(await asyncio.to_thread(log.history.quarantines))
    if found is None or found.kind not in KINDS.values() or held.holds(found):
        raise HTTPException(404, "No event with this id counts. It may be too old, or was taken out already.")
    return found


async def _rule(service: NewsService, found: Entry, name: str) -> Entry:
    now_ms = (await service.live.clock()).now_ms()
    body: dict[str, Any] = {
        "reason": REASON,
        "digests": [],
        "networks": [],
        "articles": [],
        "events": [found.entry_id],
        "from_ms": found.time_ms,
        "until_ms": found.time_ms,
        "clicks": int(found.kind == Kind.CLICK),
        "impressions": int(found.kind == Kind.IMPRESSION),
        "in_release": int(_in_release(service, found)),
    }
    return Entry(f"quarantine-{name}", Kind.QUARANTINE, now_ms, body=body)


def _right(found: Entry, said: Correction, name: str) -> Entry:
    """The corrected event."""
    labels = {name: value for name in LABELS if (value := getattr(said, name)) is not None}
    kind = found.kind if said.kind is None else KINDS[said.kind]
    time_ms = found.time_ms if said.time is None else said.time
    user, page = (
        old if new is None else new for old, new in ((found.user_id, said.user_id), (found.article_id, said.page))
    )
    body = {name: value for name, value in {**found.body, **labels}.items() if value != "" and name != TRACE}
    return Entry(f"correction-{name}", kind, time_ms, user, page, body)


def _in_release(service: NewsService, found: Entry) -> bool:
    newsroom = service.intake.newsroom
    return newsroom is not None and found.seq <= newsroom.snapshot_seq


def _correction_json(service: NewsService, found: Entry, rule: Entry, replaced_by: str | None) -> dict[str, Any]:
    return {
        "event_id": found.entry_id,
        "quarantine_id": rule.entry_id,
        "replaced_by": replaced_by,
        "in_release": _in_release(service, found),
    }
