"""GET /recruiting/page and …/vacancies/{id}: open vacancies, one vacancy with its candidates, and a comparison."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.recruiting.answers import candidate_row, pair_json, shown_candidate, shown_vacancy, vacancy_row
from app.recruiting.filters import CandidateFilter, VacancyFilter
from app.recruiting.lists import candidates_for, similar_vacancies
from app.recruiting.live_release import InService
from app.recruiting.pages.ladder import ladder_of_vacancy
from app.recruiting.pages.open_list import OpenList
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import Offset, VacancyId
from app.shell.page_route import PageRoute
from app.shell.view import View, view_of

HOME = "recruiting/page"
router = APIRouter(prefix=f"/{HOME}", include_in_schema=False, route_class=PageRoute)
TheView = Annotated[View, view_of("recruiting")]
Word = Annotated[str, Query(max_length=100)]
ON_A_PAGE = 10
SIMILAR = 5
LIVE = ("recruiting/live.js",)


@router.get("")
async def get_open_vacancies(view: TheView, request: Request, loaded: InService, offset: Offset = 0) -> Response:
    """The open vacancies, newest first, with filters."""
    chosen = {name: value[:100] for name, value in request.query_params.items()}
    found = await asyncio.to_thread(OpenList, loaded, chosen, offset)
    return view.page(
        "recruiting/vacancies",
        view.texts["title"],
        found=found,
        chosen=chosen,
        may_add=view.viewer.may("editor", "recruiting"),
        release=loaded.matcher.version,
    )


@router.get("/change")
async def get_change(view: TheView, loaded: InService) -> dict[str, int]:
    """The number of the latest change, for pages that follow changes."""
    return {"change": loaded.position.change}


@router.get("/vacancies/{vacancy_id}")
async def get_vacancy(
    vacancy_id: VacancyId,
    view: TheView,
    loaded: InService,
    level: Word = "",
    english: Word = "",
    offset: Offset = 0,
    moved: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """A vacancy with its ranked candidates and the reasons, its applicants, and similar vacancies."""
    return await vacancy_page(view, loaded, vacancy_id, level=level, english=english, offset=offset, moved=moved)


@router.get("/vacancies/{vacancy_id}/compare")
async def compare_candidates(
    vacancy_id: VacancyId,
    view: TheView,
    loaded: InService,
    candidate: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> Response:
    """Two candidates for a vacancy side by side."""
    chosen = list(dict.fromkeys(candidate or []))
    if len(chosen) != 2:
        return await vacancy_page(view, loaded, vacancy_id, problem=view.texts["choose_two"], status=422)
    row, rows = vacancy_row(loaded, vacancy_id), [candidate_row(loaded, each) for each in chosen]
    both = await asyncio.to_thread(lambda: [_compare(loaded, each, row) for each in rows])
    return view.page(
        "recruiting/compare",
        view.texts["compare_title"],
        vacancy=shown_vacancy(loaded, row),
        both=both,
        skills=sorted({skill for each in both for kind in ("shared", "missing") for skill in each[f"{kind}_skills"]}),
        ladder=await asyncio.to_thread(ladder_of_vacancy, loaded, vacancy_id, row),
        release=loaded.matcher.version,
    )


async def vacancy_page(
    view: View,
    loaded: RecruitingRelease,
    vacancy: str,
    *,
    level: str = "",
    english: str = "",
    offset: int = 0,
    moved: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page of a vacancy.

    Args:
        level, english: of the candidates that are shown; "" for any.
        moved: the candidate who has just got another status.
        problem: a sentence on why a change was refused.
    """
    row = vacancy_row(loaded, vacancy)
    wanted = CandidateFilter(level=[level] if level else None, english=[english] if english else None)
    shown = await asyncio.to_thread(_vacancy_view, loaded, vacancy, row, wanted, offset)
    record = loaded.matcher.vacancies.get(row)
    return view.page(
        "recruiting/vacancy",
        record.title or f"{view.texts['vacancy']} {vacancy}",
        status=status,
        scripts=LIVE,
        vacancy=shown_vacancy(loaded, row),
        record=record,
        chosen={"level": level, "english": english},
        offset=offset,
        limit=ON_A_PAGE,
        moved=moved,
        problem=problem,
        change=loaded.position.change,
        release=loaded.matcher.version,
        **shown,
    )


def _vacancy_view(
    loaded: RecruitingRelease, vacancy: str, row: int, wanted: CandidateFilter, offset: int
) -> dict[str, Any]:
    ladder, matcher = ladder_of_vacancy(loaded, vacancy, row), loaded.matcher
    found = candidates_for(loaded, row, wanted, offset, ON_A_PAGE + 1)
    people = {name: shown_candidate(loaded, matcher.candidates.row(name)) for name in list(ladder.steps)[:50]}
    return {
        "candidates": found[:ON_A_PAGE],
        "has_more": len(found) > ON_A_PAGE,
        "ladder": ladder,
        "applicants": people,
        "similar": [
            each for each in similar_vacancies(loaded, row, VacancyFilter(), 0, SIMILAR) if each["similarity"] > 0
        ],
    }


def _compare(loaded: RecruitingRelease, candidate: int, vacancy: int) -> dict[str, Any]:
    matcher = loaded.matcher
    pair = pair_json(matcher.match(candidate, vacancy), matcher.reasons(candidate, vacancy))
    return {**shown_candidate(loaded, candidate), **pair, **pair["reasons"]}
