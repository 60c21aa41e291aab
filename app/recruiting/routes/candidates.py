"""GET /recruiting/candidates/{id}/vacancies and …/similar, DELETE …: what fits a candidate, who is alike, erasure."""

import asyncio
from typing import Annotated

from fastapi import Depends, Response

from app.decisions import TheDecisions
from app.recruiting.answers import candidate_row, private_json
from app.recruiting.filters import CandidateFilter, VacancyFilter
from app.recruiting.lists import similar_candidates, vacancies_for
from app.recruiting.live_release import InService
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import CandidateId, ErasedCandidate, Limit, Offset, SimilarCandidates, VacancyList
from app.security.requirement import require

router = recruiting_router("/candidates")


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
    found = await asyncio.to_thread(vacancies_for, loaded, row, wanted, offset, limit)
    return private_json({"candidate_id": candidate_id, "release": loaded.matcher.version, "vacancies": found})


@router.get("/{candidate_id}/similar", summary="Candidates like a candidate", response_model=SimilarCandidates)
async def get_similar_candidates(
    candidate_id: CandidateId,
    loaded: InService,
    wanted: Annotated[CandidateFilter, Depends()],
    offset: Offset = 0,
    limit: Limit = 10,
) -> Response:
    """The nearest candidates by the learnt vectors of their texts and latest vacancies, and what they share."""
    row = candidate_row(loaded, candidate_id)
    found = await asyncio.to_thread(similar_candidates, loaded, row, wanted, offset, limit)
    return private_json({"candidate_id": candidate_id, "release": loaded.matcher.version, "candidates": found})


@router.delete(
    "/{candidate_id}",
    summary="Erase a candidate",
    response_model=ErasedCandidate,
    dependencies=[require("admin", "recruiting")],
)
async def delete_candidate(candidate_id: CandidateId, loaded: InService, decisions: TheDecisions) -> Response:
    """Erase a candidate: no process answers about the candidate after a second, and later runs leave the candidate out.

    A second request for the same candidate does no harm and gets the same answer.
    Releases and older runs still hold the record until `maintenance` removes them; remove it from your files yourself.
    """
    if not loaded.erased.has(candidate_id):
        candidate_row(loaded, candidate_id)
    await loaded.erased.erase(candidate_id)
    await asyncio.to_thread(loaded.live.store.erase_candidate, candidate_id)  # last: see ``_put`` of the changes
    person = {"person": await decisions.pseudonym(f"candidate {candidate_id}")}
    await decisions.record("erasure", "recruiting", why="requested by a person", evidence=person)
    return private_json({"erased": True})
