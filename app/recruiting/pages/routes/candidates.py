"""GET …/candidates/{id} and …/search: one candidate with suitable vacancies, and candidates and vacancies by words."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.recruiting.answers import candidate_row, shown_candidate, shown_vacancy
from app.recruiting.filters import CandidateFilter, SearchFilter, VacancyFilter
from app.recruiting.lists import similar_candidates, vacancies_for
from app.recruiting.live_release import InService
from app.recruiting.pages.ladder import ladder_of_candidate
from app.recruiting.pages.routes.vacancies import HOME, ON_A_PAGE, SIMILAR, TheView
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import CandidateId, Offset
from app.recruiting.text_search import found_by_text
from app.shell.page_route import PageRoute

router = APIRouter(prefix=f"/{HOME}", include_in_schema=False, route_class=PageRoute)
Text = Annotated[str, Query(max_length=500)]


@router.get("/candidates/{candidate_id}")
async def get_candidate(candidate_id: CandidateId, view: TheView, loaded: InService, offset: Offset = 0) -> Response:
    """A candidate: known facts, applications, suitable vacancies and similar candidates."""
    row = candidate_row(loaded, candidate_id)
    shown = await asyncio.to_thread(_candidate_view, loaded, candidate_id, row, offset)
    return view.page(
        "recruiting/candidate",
        f"{view.texts['candidate']} {candidate_id}",
        candidate=shown_candidate(loaded, row),
        offset=offset,
        limit=ON_A_PAGE,
        release=loaded.matcher.version,
        **shown,
    )


@router.get("/search")
async def search(
    view: TheView,
    loaded: InService,
    q: Text = "",
    kind: Literal["candidates", "vacancies"] = "candidates",
    offset: Offset = 0,
) -> Response:
    """Candidates or vacancies by free text."""
    text, wanted = q.strip(), SearchFilter()
    found = await asyncio.to_thread(found_by_text, loaded, text, kind, wanted, offset, ON_A_PAGE + 1) if text else []
    return view.page(
        "recruiting/search",
        view.texts["search"],
        text=text,
        kind=kind,
        lines=found[:ON_A_PAGE],
        has_more=len(found) > ON_A_PAGE,
        offset=offset,
        limit=ON_A_PAGE,
        release=loaded.matcher.version,
    )


def _candidate_view(loaded: RecruitingRelease, candidate: str, row: int, offset: int) -> dict[str, Any]:
    ladder, matcher = ladder_of_candidate(loaded, candidate, row), loaded.matcher
    found = vacancies_for(loaded, row, VacancyFilter(), offset, ON_A_PAGE + 1)
    return {
        "vacancies": found[:ON_A_PAGE],
        "has_more": len(found) > ON_A_PAGE,
        "ladder": ladder,
        "applied": {name: shown_vacancy(loaded, matcher.vacancies.row(name)) for name in list(ladder.steps)[:50]},
        "similar": similar_candidates(loaded, row, CandidateFilter(), 0, SIMILAR),
    }
