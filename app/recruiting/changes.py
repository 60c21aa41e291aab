"""Changes of records by routes and pages: stores the fields of a body and puts them into the release at once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import HTTPException

from app.recruiting.record_shapes import ApplicationRecord, CandidateRecord, VacancyRecord, today
from app.recruiting.release_loader import RecruitingRelease
from script_shared.recruiting.privacy import scrub
from script_shared.recruiting.store.store import Kind, StoredRow

TEXTS = ("title", "description", "skills_text", "remarks", "certifications", "cv_text")  # cleaned of personal data
ERASED = "This candidate was erased."


async def add_vacancy(loaded: RecruitingRelease, vacancy: str, body: VacancyRecord) -> StoredRow:
    """Add or change a vacancy.

    Args:
        loaded: the release in service; its tables take the record.
        vacancy: id, as a request has it.
        body: the record, and in ``version`` the version that it replaces.

    Raises:
        ConflictError: it has another version.
    """
    record = {**_clean(body), "vacancy_id": vacancy, "asked_on": (body.asked_on or today()).isoformat()}
    return await _put(loaded, "vacancies", record, body.version)


async def add_candidate(loaded: RecruitingRelease, candidate: str, body: CandidateRecord) -> StoredRow:
    """Add or change a candidate.

    Args:
        loaded: the release in service; its tables take the record.
        candidate: id, as a request has it.
        body: the record, and in ``version`` the version that it replaces.

    Raises:
        HTTPException: 404, the candidate was erased.
        ConflictError: there is another version.
    """
    if loaded.erased.has(candidate):
        raise HTTPException(404, ERASED)
    record = {**_clean(body), "candidate_id": candidate, "created_on": (body.created_on or today()).isoformat()}
    return await _put(loaded, "candidates", record, body.version)


async def add_application(loaded: RecruitingRelease, body: ApplicationRecord) -> StoredRow:
    """Add an application, or its new status.

    Args:
        loaded: the release in service; its tables take the record.
        body: the record, and in ``version`` the version that it replaces.

    Raises:
        HTTPException: 404, candidate or vacancy is unknown.
        ConflictError: there is another version.
    """
    if loaded.matcher.candidates.row(body.candidate_id) < 0 or loaded.erased.has(body.candidate_id):
        raise HTTPException(404, "The candidate is unknown.")
    if loaded.matcher.vacancies.row(body.vacancy_id) < 0 or body.vacancy_id in loaded.position.removed:
        raise HTTPException(404, "The vacancy is unknown.")
    before = await asyncio.to_thread(loaded.live.store.get, "applications", [body.candidate_id, body.vacancy_id])
    applied = body.applied_on.isoformat() if body.applied_on else (before.record["applied_on"] if before else None)
    record = {
        "candidate_id": body.candidate_id,
        "vacancy_id": body.vacancy_id,
        "status": _without_nul(body.status),
        "applied_on": applied or today().isoformat(),
        "updated_on": today().isoformat() if before else None,
    }
    return await _put(loaded, "applications", record, body.version)


async def remove_application(loaded: RecruitingRelease, candidate: str, vacancy: str, version: int) -> None:
    """Remove an application, such as one that was added by mistake.

    Args:
        loaded: the release in service; its tables keep the removal, also of an application from the files.
        candidate: id from the request.
        vacancy: id from the request.
        version: version of the stored application; 0 for one from the files.

    Raises:
        HTTPException: 404, there is no such application.
        ConflictError: it has another version.
    """
    matcher = loaded.matcher
    person, row = matcher.candidates.row(candidate), matcher.vacancies.row(vacancy)
    applied = {entry[0] for entry in matcher.world.activity.of_candidate.get(person, ())}
    if person < 0 or loaded.erased.has(candidate) or row not in applied:
        raise HTTPException(404, "There is no such application.")
    await asyncio.to_thread(loaded.live.store.remove, "applications", [candidate, vacancy], version)
    await loaded.live.follow(matcher, loaded.position, now=True)


async def _put(loaded: RecruitingRelease, kind: Kind, record: dict[str, Any], version: int) -> StoredRow:
    stored = await asyncio.to_thread(loaded.live.store.put, kind, record, version)
    if "candidate_id" in record:
        await _refuse_erased(loaded, record["candidate_id"])
    await loaded.live.follow(loaded.matcher, loaded.position, now=True)
    return stored


async def _refuse_erased(loaded: RecruitingRelease, candidate: str) -> None:
    """Delete the record of a candidate who was erased while it was written.

    An erasure is logged before it deletes rows: it deletes the rows that exist then, and this check finds it for later
    rows.
    """
    await loaded.erased.follow_now()
    if loaded.erased.has(candidate):
        await asyncio.to_thread(loaded.live.store.erase_candidate, candidate)
        raise HTTPException(404, ERASED)


def _clean(body: VacancyRecord | CandidateRecord) -> dict[str, Any]:
    """The fields of a body; texts without personal data."""
    given = body.model_dump(exclude={"version", "asked_on", "created_on", "names", "birth_date"})
    names = body.names if isinstance(body, CandidateRecord) else []
    born = body.birth_date if isinstance(body, CandidateRecord) else None
    births = [f"{born:%d-%m-%Y}"] if born else []
    return scrub_fields(given, names, births)


def scrub_fields(given: Mapping[str, Any], names: Sequence[str] = (), births: Sequence[str] = ()) -> dict[str, Any]:
    """Fields of a vacancy or a candidate; texts without personal data, as in the tables of the pipeline.

    Args:
        given: values by field.
        names: of the person; removed from the texts.
        births: dates of birth of the person; removed from the texts.

    Returns:
        the same fields, in the same order.
    """
    texts = {name: _without_nul(value) if isinstance(value, str) else value for name, value in given.items()}
    return {name: scrub(value, names, births) if name in TEXTS and value else value for name, value in texts.items()}


def _without_nul(text: str) -> str:
    """The text without NUL bytes, which PostgreSQL rejects and texts from PDF files have."""
    return text.replace("\0", " ")
