"""GET and DELETE /users/{id}: what is known of a reader, and forgetting it."""

import asyncio
import contextlib
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Response

from app.answers import json_response
from app.dependencies import Admin, TheService
from app.event_shapes import Erased
from app.served import Served
from app.state_shapes import UserFacts
from app.text_fields import RequiredId
from script_shared.errors import UnavailableError
from script_shared.events import Entry
from script_shared.news.live.newsroom import Newsroom
from script_shared.times import iso

router = APIRouter(prefix="/users", tags=["events"], dependencies=[Admin])
UserId = Annotated[RequiredId, Path(description="The reader, as in events; it may hold slashes.")]


@router.get("/{user_id:path}", summary="Everything known of a reader", response_model=UserFacts)
async def get_user(user_id: UserId, service: TheService) -> Response:
    """The reader's entries in the event log, what the live state holds, and what the release in service knows."""
    entries = await asyncio.to_thread(service.following.log.export, user_id)
    served, room = service.live.served, service.following.newsroom
    return json_response(
        {
            "user_id": user_id,
            "entries": [_shown(entry) for entry in entries],
            "live_reads": _live_reads(room, user_id) if room is not None else [],
            "live_shown": dict(room.shown_to(user_id, "")) if room is not None else {},
            "release": _in_release(served, user_id) if served is not None else None,
        }
    )


@router.delete("/{user_id:path}", summary="Forget a reader", response_model=Erased)
async def delete_user(user_id: UserId, service: TheService) -> Response:
    """Deletes the reader from the event log and the live state; releases no longer use it, later trainings neither."""
    following = service.following
    gone = await asyncio.to_thread(following.log.erase, user_id)
    with contextlib.suppress(UnavailableError):  # erased it is; this process hears of it later then
        await following.settled()
    return json_response({"entries": gone})


def _shown(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "kind": entry.kind.name.lower(), "time": iso(entry.time_ms)}


def _live_reads(room: Newsroom, user_id: str) -> list[str]:
    """Oldest first as far as their order is known."""
    ordered = room.latest_reads(user_id, "", 1000)
    return [*sorted(room.read_by(user_id, "") - {*ordered, ""}), *ordered]


def _in_release(served: Served, user_id: str) -> dict[str, Any] | None:
    """What the release holds of a reader who was not erased since."""
    model, room = served.model, served.recommender.newsroom
    row = model.readers.ids.row(user_id)
    if row < 0 or not room.knows_reader(user_id):
        return None
    reads = model.readers.batch(np.array([row])).histories
    pages = [
        {"page": model.catalog.ids.ids[int(article)], "time": iso(1000 * int(second))}
        for article, second in zip(reads.article, reads.time_s, strict=True)
    ]
    return {"release": served.release, "logged": bool(model.readers.logged[row]), "reads": pages}
