"""GET /recruiting/vacancies/{id}/candidates and …/similar: who fits a vacancy, and which vacancies are like it."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app.recruiting.answers import (
    pair_json,
    private_json,
    shown_candidate,
    shown_vacancy,
    vacancy_row,
    without_erased,
    without_removed,
)
from app.recruiting.filters import CandidateFilter, VacancyFilter, fits
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import CandidateList, Limit, Offset, SimilarVacancies, VacancyId
from app.recruiting.viewers import InService, Viewer
from script_shared.recruiting.ranking.profiles import tags_of_vacancy

router = APIRouter(prefix="/recruiting/vacancies", tags=["recruiting"], dependencies=[Viewer])


@router.get("/{vacancy_id}/candidates", summary="Candidates for a vacancy", response_model=CandidateList)
async def get_vacancy_candidates(
    vacancy_id: VacancyId,
    loaded: InService,
    wanted: Annotated[CandidateFilter, Depends()],
    offset: Offset = 0,
    limit: Limit = 10,
) -> Response:
    """Candidates in order, the best first, with what each shares with the vacancy and lacks."""
    row = vacancy_row(loaded, vacancy_id)
    found = await asyncio.to_thread(_candidates, loaded, row, wanted, offset, limit)
    return private_json({"vacancy_id": vacancy_id, "release": loaded.matcher.version, "candidates": found})


def _candidates(
    loaded: RecruitingRelease, row: int, wanted: CandidateFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    matcher = loaded.matcher
    ranked = without_erased(loaded, matcher.rank_candidates(row, None, offset + limit, wanted.where))
    return [
        {**shown_candidate(loaded, each.row), **pair_json(each, matcher.reasons(each.row, row))}
        for each in ranked[offset : offset + limit]
    ]


@router.get("/{vacancy_id}/similar", summary="Vacancies like a vacancy", response_model=SimilarVacancies)
async def get_similar_vacancies(
    vacancy_id: VacancyId, loaded: InService, wanted: Annotated[VacancyFilter, Depends()], limit: Limit = 10
) -> Response:
    """The nearest vacancies by the learnt vectors; `open_only=false` also those that are closed."""
    row = vacancy_row(loaded, vacancy_id)
    found = await asyncio.to_thread(_similar, loaded, row, wanted, limit)
    return private_json({"vacancy_id": vacancy_id, "release": loaded.matcher.version, "vacancies": found})


def _similar(loaded: RecruitingRelease, row: int, wanted: VacancyFilter, limit: int) -> list[dict[str, Any]]:
    matcher = loaded.matcher
    if not wanted.open_only:
        near = matcher.similar_vacancies(row, limit, wanted.where)
    else:
        open_ = [each for each in without_removed(loaded, matcher.open_vacancies().tolist()) if each != row]
        own = matcher.world.vacancy_vectors("learnt")
        rows = [each for each in open_ if fits(tags_of_vacancy(matcher.vacancies.get(each)), wanted.where)]
        likeness = own[rows] @ own[row] if rows else []
        near = sorted(zip(rows, map(float, likeness), strict=True), key=lambda pair: -pair[1])[:limit]
    kept = set(without_removed(loaded, [each for each, _ in near]))
    return [{**shown_vacancy(loaded, each), "similarity": similarity} for each, similarity in near if each in kept]
