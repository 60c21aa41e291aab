"""GET and DELETE /users/{user_id} and /sessions/{session}: export and erase what is stored about a person."""

import asyncio
import contextlib
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Response

from app.decisions import TheDecisions
from app.http.json_answer import json_response
from app.news.event_shapes import PersonErased
from app.news.person_facts import PersonFacts
from app.news.service import NewsService, TheNews
from app.news.state_shapes import SessionFacts, UserFacts
from app.news.text_fields import RequiredId
from app.security.requirement import require
from script_shared.errors import UnavailableError
from script_shared.events import Entry
from script_shared.events.person import Person, session_name
from script_shared.times import iso

router = APIRouter(tags=["events"], dependencies=[require("admin", "news")])
UserId = Annotated[
    RequiredId,
    Path(description="The user, as in events; it may contain slashes. `session <id>` is a visit without a user."),
]
SessionId = Annotated[RequiredId, Path(description="The visit, as in events; it may contain slashes.")]


@router.get("/users/{user_id:path}", summary="Export a user", response_model=UserFacts)
async def get_user(user_id: UserId, service: TheNews) -> Response:
    """Export a user: entries of the event log, the live state, and the release in service.

    What the user's visits did before the login is part of it.
    """
    return json_response({"user_id": user_id, **await _person_json(service, Person(user_id))})


@router.get("/sessions/{session:path}", summary="Export a visit", response_model=SessionFacts)
async def get_session(session: SessionId, service: TheNews) -> Response:
    """Export a visit, with or without a user."""
    return json_response({"session": session, **await _person_json(service, Person(session_name(session)))})


@router.delete("/users/{user_id:path}", summary="Erase a user", response_model=PersonErased)
async def delete_user(user_id: UserId, service: TheNews, decisions: TheDecisions) -> Response:
    """Erase a user and the events of the user's visits without a login; later trainings leave both out.

    The answer says how much was found. 404 says that nothing was; trainings still leave the name out.
    """
    return await _erase(service, decisions, Person(user_id))


@router.delete("/sessions/{session:path}", summary="Erase a visit", response_model=PersonErased)
async def delete_session(session: SessionId, service: TheNews, decisions: TheDecisions) -> Response:
    """Erase all events of a visit, including those with a user; other visits of the user stay."""
    return await _erase(service, decisions, Person(session_name(session)))


async def _person_json(service: NewsService, person: Person) -> dict[str, Any]:
    facts = await PersonFacts.of(service, person)
    if facts.nothing:
        raise HTTPException(
            404, f"{_noun(person)} is known. Nothing was found in the log, the live state and the release."
        )
    return {
        "counts": facts.counts(),
        "visits": facts.visits,
        "entries": [_entry_json(entry) for entry in facts.entries],
        "live_reads": facts.live_reads,
        "live_shown": facts.live_shown,
        "release": facts.release,
    }


async def _erase(service: NewsService, decisions: TheDecisions, person: Person) -> Response:
    intake = service.intake
    facts = await PersonFacts.of(service, person)
    deleted = await asyncio.to_thread(intake.log.erase, person.name)
    counts = {"person": await decisions.pseudonym(person.name), "entries": deleted.entries, "visits": deleted.visits}
    await decisions.record("erasure", "news", why="requested by a person", evidence=counts)
    with contextlib.suppress(UnavailableError):  # erased it is; this process hears of it later then
        await intake.wait_until_folded()
    if facts.nothing and not deleted.entries:
        raise HTTPException(
            404,
            f"{_noun(person)} is known, so nothing was deleted. Later trainings still leave the name out.",
        )
    found = {**facts.counts(), "entries": deleted.kinds, "visits": deleted.visits}
    return json_response({"entries": deleted.entries, "found": found})


def _noun(person: Person) -> str:
    return "No visit of this id" if person.session else "No user of this id"


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "kind": entry.kind.name.lower(), "time": iso(entry.time_ms)}
