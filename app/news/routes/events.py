"""POST /events: clicks and impressions, which count at once."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from starlette.exceptions import HTTPException

from app.http.errors import problem
from app.http.json_answer import json_response
from app.news.event_bodies import IntakeRoute, in_slices
from app.news.event_shapes import Event, EventsAccepted, EventsBody
from app.news.events.dating import Dating
from app.news.logins import logins
from app.news.service import NewsService, TheNews
from app.security.requirement import is_allowed
from script_shared.errors import UnavailableError
from script_shared.events import Entry, Kind

router = APIRouter(tags=["events"], route_class=IntakeRoute)
KINDS = {"click": Kind.CLICK, "impression": Kind.IMPRESSION}
KEPT = (
    "session",
    "region",
    "device",
    "os",
    "referrer",
    "section",
    "position",
    "n",
    "release",
    "answer_id",
    "request_id",
)


@router.post("/events", summary="Add clicks and impressions", response_model=EventsAccepted)
async def post_events(request: Request, body: Annotated[EventsBody, Body()], service: TheNews) -> Response:
    """Add one event or a list of them, all or none. The answer means that they are durable and counted here.

    An event id counts once, so a request without an answer can be sent again. A time that lies too far back or ahead
    is refused with 422, and nothing of the list is written. Your own servers may sign what they send with the header
    `X-Pauta-Signature`, or send a token of the role operator. Their network then does not matter. A signature that is
    not valid is refused with 401. 503 means that
    the events may be written now, a little later, or never: send the same ids again, and each counts once.
    """
    events = body if isinstance(body, list) else [body]
    signed = await _is_signed(service, request, len(events))
    by_site = signed or await is_allowed(request, "operator", "news")
    dating = await _dating(service, len(events), by_site=by_site)
    check = partial(_out_of_time, dating=dating, listed=isinstance(body, list))
    if errors := await in_slices(check, list(enumerate(events))):
        service.metrics.live.count_refused("out_of_time", len(events))
        detail = f"{len(errors)} of {len(events)} events have a time that is not accepted. Nothing was written."
        return problem(request, 422, detail, errors=errors[:20])
    entries = await in_slices(partial(_entries, service, request, dating=dating, by_site=by_site), events)
    new = await _write(service, entries)
    await in_slices(partial(_judge, service), list(zip(entries, new, strict=True)))
    return json_response({"accepted": sum(new), "duplicates": len(new) - sum(new)})


async def _is_signed(service: NewsService, request: Request, events: int) -> bool:
    try:
        return await service.event_proof.is_signed(request)
    except HTTPException:
        service.metrics.live.count_refused("not_signed", events - 1)
        raise


async def _dating(service: NewsService, events: int, *, by_site: bool) -> Dating:
    try:
        return await service.dating(by_site=by_site, believed=service.event_proof.counts_unsigned)
    except UnavailableError:
        service.metrics.live.count_refused("no_release", events)
        raise


async def _write(service: NewsService, entries: list[Entry]) -> list[bool]:
    first = await logins(service, entries)
    try:
        new = (await service.intake.write([*first, *entries]))[len(first) :]
    except UnavailableError:
        service.metrics.live.count_refused("log_away", len(entries))
        raise
    for name, kind in KINDS.items():
        flags = [flag for entry, flag in zip(entries, new, strict=True) if entry.kind == kind]
        service.metrics.live.took(name, new=sum(flags), duplicates=len(flags) - sum(flags))
    return new


def _entries(
    service: NewsService, request: Request, events: Sequence[Event], *, dating: Dating, by_site: bool
) -> list[Entry]:
    entries = [_entry(event, dating) for event in events]
    for entry in entries:
        service.event_proof.note(entry, request, by_site=by_site)
    return entries


def _entry(event: Event, dating: Dating) -> Entry:
    (time_ms, marks), fields = dating.stamp(event.time), event.__dict__
    body = marks | {name: value for name in KEPT if (value := fields[name]) is not None and value != ""}
    return Entry(event.event_id, KINDS[event.kind], time_ms, event.user_id.strip(), event.page, body)


def _out_of_time(events: Sequence[tuple[int, Event]], *, dating: Dating, listed: bool) -> list[dict[str, str]]:
    """Errors of events whose time is not accepted now."""
    return [
        _complaint(place if listed else None, refusal)
        for place, event in events
        if (refusal := dating.refusal(event.time))
    ]


def _complaint(place: int | None, message: str) -> dict[str, str]:
    field = "item.time" if place is None else f"list.{place}.time"
    return {"in": "body", "field": field, "message": message}


def _judge(service: NewsService, written: Sequence[tuple[Entry, bool]]) -> list[Entry]:
    """Credit clicks that name no answer to the user's newest one; those that name one are credited as they come."""
    clicks = [entry for entry, new in written if new and entry.kind == Kind.CLICK and "answer_id" not in entry.body]
    for click in clicks:
        service.intake.judge(click)
    return clicks
