"""GET /recruiting/vacancies/{id}/candidates, …/applicants and …/similar: who fits, who applied, what is alike."""

import asyncio
from typing import Annotated

from fastapi import Depends, Response

from app.recruiting.answers import private_json, vacancy_row
from app.recruiting.filters import CandidateFilter, VacancyFilter
from app.recruiting.lists import applicants_of, candidates_for, similar_vacancies
from app.recruiting.live_release import InService
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import CandidateList, Limit, Offset, SimilarVacancies, VacancyId

router = recruiting_router("/vacancies")


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
    found = await asyncio.to_thread(candidates_for, loaded, row, wanted, offset, limit)
    return private_json({"vacancy_id": vacancy_id, "release": loaded.matcher.version, "candidates": found})


@router.get("/{vacancy_id}/applicants", summary="Applicants of a vacancy", response_model=CandidateList)
async def get_vacancy_applicants(
    vacancy_id: VacancyId, loaded: InService, offset: Offset = 0, limit: Limit = 10
) -> Response:
    """Those who applied, in the order learnt inside vacancies. `score` compares applicants of one vacancy only."""
    row = vacancy_row(loaded, vacancy_id)
    found = await asyncio.to_thread(applicants_of, loaded, row, offset, limit)
    return private_json({"vacancy_id": vacancy_id, "release": loaded.matcher.version, "candidates": found})


@router.get("/{vacancy_id}/similar", summary="Vacancies like a vacancy", response_model=SimilarVacancies)
async def get_similar_vacancies(
    vacancy_id: VacancyId,
    loaded: InService,
    wanted: Annotated[VacancyFilter, Depends()],
    offset: Offset = 0,
    limit: Limit = 10,
) -> Response:
    """The nearest vacancies by the learnt vectors, and what they share; `open_only=false` also closed ones."""
    row = vacancy_row(loaded, vacancy_id)
    found = await asyncio.to_thread(similar_vacancies, loaded, row, wanted, offset, limit)
    return private_json({"vacancy_id": vacancy_id, "release": loaded.matcher.version, "vacancies": found})
