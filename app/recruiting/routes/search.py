"""GET /recruiting/search: candidates or vacancies by a free text."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.recruiting.answers import private_json, shown_candidate, shown_vacancy, without_removed
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import Found, Limit, Offset
from app.recruiting.viewers import InService, Viewer
from script_shared.recruiting.ranking.profiles import tag

router = APIRouter(prefix="/recruiting", tags=["recruiting"], dependencies=[Viewer])
Kind = Literal["candidates", "vacancies"]
DEPTH = 5  # places looked at for each wanted one, where a filter leaves some out


@router.get("/search", summary="Search by text", response_model=Found)
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
    lines = await asyncio.to_thread(_lines, loaded, q, kind, level, open_only, offset + limit)
    return private_json({"release": loaded.matcher.version, "kind": kind, "results": lines[offset : offset + limit]})


def _lines(
    loaded: RecruitingRelease, text: str, kind: Kind, level: str | None, open_only: bool, count: int
) -> list[dict[str, Any]]:
    matcher = loaded.matcher
    narrow = level is not None or open_only
    found = matcher.search(text, kind, count * DEPTH if narrow else count)
    if kind == "vacancies":
        rows = matcher.open_vacancies().tolist() if open_only else [row for row, _ in found]
        kept = set(without_removed(loaded, rows))
        lines = [{**shown_vacancy(loaded, row), "score": score} for row, score in found if row in kept]
    else:
        lines = [{**shown_candidate(loaded, row), "score": score} for row, score in found]
        lines = [line for line in lines if not loaded.erased.has(line["candidate_id"])]
    return [line for line in lines if level is None or tag(line["level"] or "") == tag(level)][:count]
