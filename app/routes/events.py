"""POST /events: clicks and impressions; every one counts at once."""

from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.answers import iso, json_response
from app.dependencies import Service, TheService
from app.errors import problem
from app.event_shapes import Accepted, Event, EventsBody
from script_shared.clock import HOUR_MS, Clock
from script_shared.errors import UnavailableError
from script_shared.events import Entry, Kind


class IntakeRoute(APIRoute):
    """A route that also reads JSON sent as plain text, as browsers send beacons, and counts what cannot be read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def counted(request: Request) -> Response:
            service: Service = request.app.state.service
            try:
                return await answer(_beacon(request))
            except RequestValidationError as error:
                service.telemetry.live.refused("malformed", len(error.body) if isinstance(error.body, list) else 1)
                raise
            except HTTPException as error:
                service.telemetry.live.refused(_reason(error), 1)
                raise

        return counted


def _beacon(request: Request) -> Request:
    """The request; one whose body is plain text as one whose body is JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PLAIN:
        return request
    others = [(name, value) for name, value in request.scope["headers"] if name != b"content-type"]
    request.scope["headers"] = [*others, (b"content-type", b"application/json")]
    return Request(request.scope, request.receive)


def _reason(error: HTTPException) -> str:
    """Why a body could not be read, as it is counted."""
    if isinstance(error.__cause__, ClientDisconnect):
        return "hung_up"
    return {413: "too_large", 401: "not_signed"}.get(error.status_code, "malformed")


router = APIRouter(tags=["events"], route_class=IntakeRoute)
PLAIN = "text/plain"  # what navigator.sendBeacon sends text as, without asking the service first
EARLY_MS = 60_000  # a clock that is a little fast is forgiven
KINDS = {"click": Kind.CLICK, "impression": Kind.IMPRESSION}
KEPT = ("session", "region", "device", "os", "referrer", "section", "position", "n", "release", "request_id")


@router.post("/events", summary="Take in clicks and impressions", response_model=Accepted)
async def post_events(request: Request, body: Annotated[EventsBody, Body()], service: TheService) -> Response:
    """One event or a list of them, all or none. The answer comes once they are durable and this process counts them.

    An event id counts once, so a request without an answer can be sent again. A time that lies too far back or ahead
    is refused with 422, and nothing of the list is written. Your own servers may sign what they send with the header
    `X-Pauta-Signature`; a signature that is not good is refused with 401. 503 means that nothing was
    written: send it again.
    """
    events = body if isinstance(body, list) else [body]
    signed = await _signed(service, request, len(events))
    clock = await _clock(service, len(events))
    entries = [_entry(event, clock.now_ms()) for event in events]
    if errors := _out_of_time(entries, clock, service.settings.events_max_late_hours, listed=isinstance(body, list)):
        service.telemetry.live.refused("out_of_time", len(events))
        detail = f"{len(errors)} of {len(events)} events have a time that cannot be taken. Nothing was written."
        return problem(request, 422, detail, errors=errors[:20])
    await service.day_keys.refresh()
    for entry in entries:
        service.event_proof.note(entry, request, signed=signed)
    new = await _write(service, entries)
    _judge(service, entries, new)
    return json_response({"accepted": sum(new), "duplicates": len(new) - sum(new)})


async def _signed(service: Service, request: Request, events: int) -> bool:
    try:
        return await service.event_proof.signed(request)
    except HTTPException:
        service.telemetry.live.refused("not_signed", events - 1)
        raise


async def _clock(service: Service, events: int) -> Clock:
    try:
        return await service.live.clock()
    except UnavailableError:
        service.telemetry.live.refused("no_release", events)
        raise


async def _write(service: Service, entries: list[Entry]) -> list[bool]:
    try:
        new = await service.following.write(entries)
    except UnavailableError:
        service.telemetry.live.refused("log_away", len(entries))
        raise
    taken = Counter((entry.kind.name.lower(), flag) for entry, flag in zip(entries, new, strict=True))
    for kind in KINDS:
        service.telemetry.live.took(kind, new=taken[kind, True], duplicates=taken[kind, False])
    return new


def _entry(event: Event, now_ms: int) -> Entry:
    time_ms = now_ms if event.time is None else event.time
    body = {name: value for name in KEPT if (value := getattr(event, name)) not in ("", None)}
    return Entry(event.event_id, KINDS[event.kind], time_ms, event.user_id.strip(), event.page, body)


def _out_of_time(entries: list[Entry], clock: Clock, late_hours: float, *, listed: bool) -> list[dict[str, str]]:
    """Complaints about times that lie too far from now on the release's clock."""
    first, last = bounds(clock, late_hours)
    complaint = f"must lie between {iso(first)} and {iso(last)}"
    return [
        _complaint(place if listed else None, complaint)
        for place, entry in enumerate(entries)
        if not first <= entry.time_ms <= last
    ]


def bounds(clock: Clock, late_hours: float) -> tuple[int, int]:
    """The first and last time that an event may have.

    A clock that stands at the end of historical data is moved on by events, so they may lie as far ahead as behind.
    """
    now_ms, late_ms = clock.now_ms(), int(late_hours * HOUR_MS)
    return now_ms - late_ms, now_ms + (late_ms if clock.mode == "data" else EARLY_MS)


def _complaint(place: int | None, message: str) -> dict[str, str]:
    field = "item.time" if place is None else f"list.{place}.time"
    return {"in": "body", "field": field, "message": message}


def _judge(service: Service, entries: list[Entry], new: list[bool]) -> None:
    """Credit clicks that name no answer to the reader's newest one; those that name one are credited as they come."""
    for entry, is_new in zip(entries, new, strict=True):
        if is_new and entry.kind == Kind.CLICK and "request_id" not in entry.body:
            service.following.judge(entry)
