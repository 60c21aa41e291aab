"""GET /recruiting/candidates/{id}/contact and /recruiting/access: one person's contact, and who read which contacts."""

import asyncio
from typing import Annotated

from fastapi import HTTPException, Query, Request, Response

from app.recruiting.answers import NO_CANDIDATE, private_json
from app.recruiting.live_release import InService
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import CandidateContact, CandidateId, ContactAccessList
from app.security.caller import Caller
from app.security.requirement import require
from script_shared.recruiting.store.contacts import VARIABLE, Contacts
from script_shared.times import iso

router = recruiting_router()
MOST = 1000
TheViewer = Annotated[Caller, require("viewer", "recruiting")]
NOT_KEPT = f"Contacts are not kept. Set {VARIABLE} and run the data pipeline again to keep them encrypted."


@router.get("/candidates/{candidate_id}/contact", summary="A candidate's contact", response_model=CandidateContact)
async def get_contact(candidate_id: CandidateId, request: Request, viewer: TheViewer, loaded: InService) -> Response:
    """Names, addresses and numbers of one person, as in the files. The access record gets an entry first."""
    contacts = _require_contacts(loaded)
    route = f"{request.method} {request.scope['route'].path_format}"
    erased = loaded.erased.has(candidate_id)
    found = None if erased else await asyncio.to_thread(contacts.read, candidate_id, viewer.name, route)
    if found is None:
        raise HTTPException(404, NO_CANDIDATE)
    return private_json({"candidate_id": candidate_id, "contact": found})


@router.get(
    "/access",
    summary="Who read which contact",
    response_model=ContactAccessList,
    dependencies=[require("admin", "recruiting")],
)
async def list_contact_looks(
    loaded: InService,
    candidate_id: Annotated[str | None, Query(max_length=64, description="Only looks at this candidate.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="`number` of the last row before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Response:
    """Looks at contacts, newest first. A digest names the candidate; ``candidate_id`` selects the looks at one."""
    rows = await asyncio.to_thread(_require_contacts(loaded).looks, candidate_id, before, limit)
    looks = [{**{name: row[name] for name in row if name != "at_ms"}, "at": iso(row["at_ms"])} for row in rows]
    return private_json({"looks": looks, "before": rows[-1]["number"] if len(rows) == limit else None})


def _require_contacts(loaded: RecruitingRelease) -> Contacts:
    if loaded.contacts is None:
        raise HTTPException(404, NOT_KEPT)
    return loaded.contacts
