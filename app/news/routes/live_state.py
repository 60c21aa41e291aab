"""GET /live: the position of this process in the event log, and the state it folded from it."""

from typing import Any, Literal

from fastapi import APIRouter, Response

from app.http.json_answer import json_response
from app.news.service import NewsService, TheNews
from app.news.state_shapes import LiveFacts
from app.security.requirement import require
from script_shared.errors import UnavailableError
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.sections import Sections
from script_shared.news.serving.trending import trending as most_read
from script_shared.news.state.state_io import sizes_of
from script_shared.times import iso

Window = Literal["2m", "10m", "1h", "6h", "24h"]
router = APIRouter(tags=["operations"])


@router.get(
    "/live",
    summary="The live state of this process",
    response_model=LiveFacts,
    dependencies=[require("operator", "news")],
)
async def get_live(service: TheNews, digest: bool = False, trending: Window | None = None) -> Response:
    """Position in the log and sizes. With ``digest=1`` also a digest of the whole state, which takes a moment.

    With ``trending`` also what is read most in that window, overall and by section, region and cluster of users.

    Two processes that serve one release and are at one position have equal digests.
    """
    intake, room = service.intake, service.intake.newsroom
    if room is None:
        raise UnavailableError("Nothing is folded yet.", fix="Try again in a few seconds.")
    position, name = await intake.digest() if digest else (room.seq, None)
    return json_response(
        {
            "position": position,
            "time": iso(room.now_ms),
            "degraded": intake.troubles,
            "log_error": intake.follower.lag.error or intake.follower.lag.write_error or None,
            "seconds_since_read": round(intake.stale_seconds(), 3),
            "served_remembered": len(intake.credits),
            "posted_articles": len(room.editorial),
            "state": sizes_of(room.state) if room.state is not None else None,
            "digest": name,
            "trending": _trending(service, room, trending) if trending else None,
        }
    )


def _trending(service: NewsService, room: Newsroom, window: str) -> dict[str, Any] | None:
    if room.state is None:
        return None
    served = service.live.service
    sections = served.recommender.sections if served is not None else Sections(None, room, CatalogRows(None))
    return most_read(room.state, sections.names(), window)
