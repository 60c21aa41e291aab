"""GET and DELETE /users/{user_id} and /sessions/{session}: export and erase what is stored about a person."""

import asyncio
import contextlib
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Response

from app.answers import json_response
from app.dependencies import Admin, Service, TheService
from app.event_shapes import Erased
from app.person_facts import PersonFacts
from app.state_shapes import SessionFacts, UserFacts
from app.text_fields import RequiredId
from script_shared.errors import UnavailableError
from script_shared.events import Entry
from script_shared.events.person import Person, session_name
from script_shared.times import iso

router = APIRouter(tags=["events"], dependencies=[Admin])
UserId = Annotated[
    RequiredId,
    Path(description="The user, as in events; it may hold slashes. `session <id>` is the visit without a user."),
]
SessionId = Annotated[RequiredId, Path(description="The visit, as in events; it may hold slashes.")]


@router.get("/users/{user_id:path}", summary="Everything known of a user", response_model=UserFacts)
async def get_user(user_id: UserId, service: TheService) -> Response:
    """The user's entries in the event log, what the live state holds, and what the release in service knows.

    What the user's visits did before the login is part of it.
    """
    return json_response({"user_id": user_id, **await _known(service, Person(user_id))})


@router.get("/sessions/{session:path}", summary="Everything known of a visit", response_model=SessionFacts)
async def get_session(session: SessionId, service: TheService) -> Response:
    """The same for a visit, whether or not a user logged in during it."""
    return json_response({"session": session, **await _known(service, Person(session_name(session)))})


@router.delete("/users/{user_id:path}", summary="Forget a user", response_model=Erased)
async def delete_user(user_id: UserId, service: TheService) -> Response:
    """Deletes the user and what the user's visits did without a login; later trainings leave both out.

    The answer says how much was found. 404 says that nothing was; trainings still leave the name out.
    """
    return await _erased(service, Person(user_id))


@router.delete("/sessions/{session:path}", summary="Forget a visit", response_model=Erased)
async def delete_session(session: SessionId, service: TheService) -> Response:
    """Deletes all events of a visit, those with a user too; other visits of the user stay."""
    return await _erased(service, Person(session_name(session)))


async def _known(service: Service, person: Person) -> dict[str, Any]:
    facts = await PersonFacts.of(service, person)
    if facts.nothing:
        raise HTTPException(404, f"{_noun(person)} is known here. Nothing was found in log, live state and release.")
    return {
        "counts": facts.counts(),
        "visits": facts.visits,
        "entries": [_shown(entry) for entry in facts.entries],
        "live_reads": facts.live_reads,
        "live_shown": facts.live_shown,
        "release": facts.release,
    }


async def _erased(service: Service, person: Person) -> Response:
    following = service.following
    facts = await PersonFacts.of(service, person)
    deleted = await asyncio.to_thread(following.log.erase, person.name)
    with contextlib.suppress(UnavailableError):  # erased it is; this process hears of it later then
        await following.settled()
    if facts.nothing and not deleted.entries:
        raise HTTPException(
            404,
            f"{_noun(person)} is known here, so nothing was deleted. Later trainings still leave the name out.",
        )
    found = {**facts.counts(), "entries": deleted.kinds, "visits": deleted.visits}
    return json_response({"entries": deleted.entries, "found": found})


def _noun(person: Person) -> str:
    return "No visit of this id" if person.session else "No user of this id"


def _shown(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "kind": entry.kind.name.lower(), "time": iso(entry.time_ms)}
