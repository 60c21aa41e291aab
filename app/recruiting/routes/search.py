"""GET /recruiting/search: candidates or vacancies by a free text."""

import asyncio
from typing import Annotated, Literal

from fastapi import Query, Response

from app.recruiting.answers import private_json
from app.recruiting.lists import found_by_text
from app.recruiting.live_release import InService
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import Limit, Offset, SearchResults

router = recruiting_router()
Kind = Literal["candidates", "vacancies"]


@router.get("/search", summary="Search by text", response_model=SearchResults)
async def search(
    loaded: InService,
    q: Annotated[str, Query(min_length=1, max_length=500, description="Words such as `consultor sap mm pleno`.")],
    kind: Annotated[Kind, Query(description="What to look for.")] = "candidates",
    level: Annotated[str | None, Query(max_length=100, description="Only of this professional level.")] = None,
    open_only: Annotated[bool, Query(description="Only vacancies that are open today.")] = False,
    offset: Offset = 0,
    limit: Limit = 10,
) -> Response:
    """The best matches of words (BM25) and of the learnt vectors, with equal weight."""
    lines = await asyncio.to_thread(found_by_text, loaded, q, kind, level, open_only, offset + limit)
    return private_json({"release": loaded.matcher.version, "kind": kind, "results": lines[offset : offset + limit]})
