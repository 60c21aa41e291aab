"""GET /recruiting/search: candidates or vacancies by a free text."""

import asyncio
from typing import Annotated, Literal

from fastapi import Depends, Query, Response

from app.recruiting.answers import private_json
from app.recruiting.filters import SearchFilter
from app.recruiting.live_release import InService
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import Limit, Offset, SearchResults
from app.recruiting.text_search import found_by_text

router = recruiting_router()
Kind = Literal["candidates", "vacancies"]


@router.get("/search", summary="Search by text", response_model=SearchResults)
async def search(
    loaded: InService,
    q: Annotated[str, Query(min_length=1, max_length=500, description="Words such as `consultor sap mm pleno`.")],
    wanted: Annotated[SearchFilter, Depends()],
    kind: Annotated[Kind, Query(description="What to look for.")] = "candidates",
    offset: Offset = 0,
    limit: Limit = 10,
) -> Response:
    """The best matches of words (BM25) and of the learnt vectors, with equal weight, and which words of `q` each has.

    Vacancies have the filters `state`, `city`, `level`, `english`, `spanish`, `contract`, `area` and `open_only`,
    candidates `level`, `academic`, `english`, `spanish` and `area`.
    """
    lines = await asyncio.to_thread(found_by_text, loaded, q, kind, wanted, offset, limit)
    return private_json({"release": loaded.matcher.version, "kind": kind, "results": lines})
