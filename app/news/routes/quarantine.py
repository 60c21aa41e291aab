"""Quarantines: bad events leave the live state and later trainings until the quarantine is taken back."""

from fastapi import APIRouter, HTTPException, Response

from app.decisions import TheDecisions
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.event_shapes import QuarantineList, QuarantinePost, QuarantineRecord
from app.news.quarantines import COUNTS, add_quarantine, quarantines, take_back
from app.news.service import TheNews
from app.security.requirement import require

router = APIRouter(
    prefix="/quarantine", tags=["events"], dependencies=[require("operator", "news")], route_class=BodyRoute
)


@router.post("", summary="Quarantine bad events", response_model=QuarantineRecord)
async def post_quarantine(body: QuarantinePost, service: TheNews, decisions: TheDecisions) -> Response:
    """Leave out bad events: from the live state of every process within seconds, and from the next training.

    Events that the release in service was trained on stay in it until the next training.
    """
    made = await add_quarantine(service, body)
    counts = {name: made[name] for name in COUNTS}
    await decisions.record("quarantine", "news", after=made["id"], why=body.reason, evidence=counts)
    return json_response(made)


@router.get("", summary="List quarantines", response_model=QuarantineList)
async def get_quarantine(service: TheNews) -> Response:
    """All quarantines, oldest first, including those taken back."""
    return json_response({"quarantines": await quarantines(service)})


@router.delete("/{quarantine_id}", summary="Take a quarantine back", response_model=QuarantineRecord)
async def delete_quarantine(quarantine_id: str, service: TheNews, decisions: TheDecisions) -> Response:
    """Take a quarantine back. Its events count again: in the live state within seconds, and in the next training."""
    found = await take_back(service, quarantine_id)
    if found is None:
        raise HTTPException(404, "No active quarantine has this id.")
    await decisions.record("quarantine", "news", before=quarantine_id, why="taken back")
    return json_response(found)
