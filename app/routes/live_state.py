"""GET /live: where this process stands in the event log, and what it folded out of it."""

from fastapi import APIRouter, Response

from app.answers import iso, json_response
from app.dependencies import Admin, TheService
from script_shared.errors import UnavailableError

router = APIRouter(tags=["operations"])


@router.get("/live", summary="The live state of this process", dependencies=[Admin])
async def live(service: TheService, digest: bool = False) -> Response:
    """Position in the log and sizes. With ``digest=1`` also a name of the whole state, which takes a moment.

    Two processes that serve one release and stand at one position have equal digests.
    """
    following, room = service.following, service.following.newsroom
    if room is None:
        raise UnavailableError("Nothing is folded yet.", fix="Try again in a few seconds.")
    return json_response(
        {
            "position": room.seq,
            "time": iso(room.now_ms),
            "degraded": following.troubles,
            "log_error": following.follower.lag.error or None,
            "seconds_since_read": round(following.stale_seconds(), 3),
            "served_remembered": len(following.served),
            "posted_articles": len(room.editorial),
            "state": room.state.sizes() if room.state is not None else None,
            "digest": room.digest() if digest else None,
        }
    )
