"""GET /recruiting/candidates/{id}/vacancies and …/similar, DELETE …: what fits a candidate, who is alike, erasure."""

import asyncio
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Response

from app.dependencies import Admin
from app.recruiting.answers import (
    candidate_row,
    pair_json,
    private_json,
    shown_candidate,
    shown_vacancy,
    without_removed,
)
from app.recruiting.filters import CandidateFilter, VacancyFilter, fits
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import CandidateId, ErasedCandidate, Limit, Offset, SimilarCandidates, VacancyList
from app.recruiting.viewers import InService, Viewer
from script_shared.recruiting.ranking.profiles import profiles, tags_of_vacancy

router = APIRouter(prefix="/recruiting/candidates", tags=["recruiting"], dependencies=[Viewer])


@router.get("/{candidate_id}/vacancies", summary="Vacancies for a candidate", response_model=VacancyList)
async def get_candidate_vacancies(
    candidate_id: CandidateId,
    loaded: InService,
    wanted: Annotated[VacancyFilter, Depends()],
    offset: Offset = 0,
    limit: Limit = 10,
) -> Response:
    """Vacancies in order, the best first, that the candidate has not applied to, with reasons."""
    row = candidate_row(loaded, candidate_id)
    found = await asyncio.to_thread(_vacancies, loaded, row, wanted, offset, limit)
    return private_json({"candidate_id": candidate_id, "release": loaded.matcher.version, "vacancies": found})


def _vacancies(
    loaded: RecruitingRelease, row: int, wanted: VacancyFilter, offset: int, limit: int
) -> list[dict[str, Any]]:
    matcher = loaded.matcher
    rows = without_removed(loaded, _rows(loaded, row, wanted))
    ranked = matcher.rank_vacancies(row, rows, offset + limit)
    return [
        {**shown_vacancy(loaded, each.row), **pair_json(each, matcher.reasons(row, each.row))}
        for each in ranked[offset : offset + limit]
    ]


def _rows(loaded: RecruitingRelease, row: int, wanted: VacancyFilter) -> list[int]:
    """Vacancies to put in order: open ones, or the nearest of all, which the candidate has not applied to."""
    matcher = loaded.matcher
    before = {entry[0] for entry in matcher.world.activity.of_candidate.get(row, ())}
    if wanted.open_only:
        rows = [each for each in matcher.open_vacancies().tolist() if each not in before]
        if not wanted.where:
            return rows
        return [each for each in rows if fits(tags_of_vacancy(matcher.vacancies.get(each)), wanted.where)]
    index, profile = matcher.parts.vacancy_index, profiles(matcher.world, np.asarray([row]))[0]
    near = index.query(profile, matcher.retrieved, wanted.where, index.encoder)
    return [each for each in (matcher.vacancies.row(found.id) for found in near) if each not in before]


@router.get("/{candidate_id}/similar", summary="Candidates like a candidate", response_model=SimilarCandidates)
async def get_similar_candidates(
    candidate_id: CandidateId, loaded: InService, wanted: Annotated[CandidateFilter, Depends()], limit: Limit = 10
) -> Response:
    """The nearest candidates by the learnt vectors of their texts and latest vacancies."""
    row = candidate_row(loaded, candidate_id)
    found = await asyncio.to_thread(_similar, loaded, row, wanted, limit)
    return private_json({"candidate_id": candidate_id, "release": loaded.matcher.version, "candidates": found})


def _similar(loaded: RecruitingRelease, row: int, wanted: CandidateFilter, limit: int) -> list[dict[str, Any]]:
    near = loaded.matcher.similar_candidates(row, limit, wanted.where)
    rows = [{**shown_candidate(loaded, each), "similarity": similarity} for each, similarity in near]
    return [line for line in rows if not loaded.erased.has(line["candidate_id"])]


@router.delete("/{candidate_id}", summary="Erase a candidate", response_model=ErasedCandidate, dependencies=[Admin])
async def delete_candidate(candidate_id: CandidateId, loaded: InService) -> Response:
    """Erase a candidate: no process answers about the candidate after a second, and later runs leave the candidate out.

    A second request for the same candidate does no harm, and answers the same.
    Releases and older runs still hold the record until `maintenance` removes them; remove it from your files yourself.
    """
    if not loaded.erased.has(candidate_id):
        candidate_row(loaded, candidate_id)
    await loaded.erased.erase(candidate_id)
    await asyncio.to_thread(loaded.live.store.erase_candidate, candidate_id)  # last: see ``_put`` of the records
    return private_json({"erased": True})
