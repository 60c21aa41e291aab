"""Vacancies, candidates and applications that people add, change and remove, with versions and pages."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Response

from app.dependencies import Admin
from app.http.bodies import BodyRoute
from app.recruiting.answers import private_json
from app.recruiting.record_shapes import (
    NAME,
    ApplicationRecord,
    CandidateRecord,
    RecordPage,
    RemovedRecord,
    StoredRecord,
    VacancyRecord,
    today,
)
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import Limit, Offset
from app.recruiting.viewers import InService, Viewer
from script_shared.recruiting.privacy import scrub
from script_shared.recruiting.store.store import Kind, Stored

router = APIRouter(prefix="/recruiting", tags=["recruiting"], dependencies=[Viewer], route_class=BodyRoute)
TEXTS = ("title", "description", "skills_text", "remarks", "certifications", "cv_text")  # cleaned of personal data
UNKNOWN = (
    "There is no stored record of this id. Records of files are in the release alone; a PUT with version 0 stores one."
)
ERASED = "This candidate was erased."
RecordId = Annotated[str, Path(max_length=64, pattern=NAME)]
People = Literal["vacancies", "candidates"]
KEY = {"vacancies": "vacancy_id", "candidates": "candidate_id"}


@router.get("/records/{kind}", summary="Stored records", response_model=RecordPage)
async def list_records(
    kind: Kind,
    loaded: InService,
    vacancy_id: Annotated[
        str | None, Query(max_length=64, pattern=NAME, description="Only applications to it.")
    ] = None,
    candidate_id: Annotated[
        str | None, Query(max_length=64, pattern=NAME, description="Only applications of this one.")
    ] = None,
    before: Annotated[
        int | None, Query(ge=1, lt=2**63, description="`next` of the page before, for the following page.")
    ] = None,
    offset: Offset = 0,
    limit: Limit = 20,
) -> Response:
    """Records that were added or changed here, the latest change first. `next` leads through all pages."""
    named = {"vacancy_id": vacancy_id, "candidate_id": candidate_id} if kind == "applications" else {}
    equal = {name: value for name, value in named.items() if value is not None}
    rows, total = await asyncio.to_thread(lambda: loaded.live.store.page(kind, offset, limit, before, **equal))
    kept = [each for each in rows if not loaded.erased.has(str(each.record.get("candidate_id", "")))]
    following = rows[-1].change if len(rows) == limit else None
    return private_json({"total": total, "records": [_shown(each) for each in kept], "next": following})


@router.get("/records/{kind}/{record_id}", summary="A stored record", response_model=StoredRecord)
async def get_record(kind: People, record_id: RecordId, loaded: InService) -> Response:
    """A vacancy or a candidate with its version; 404 where it is in the release alone, or nowhere."""
    found = await asyncio.to_thread(loaded.live.store.get, kind, [record_id])
    if found is None or found.removed or (kind == "candidates" and loaded.erased.has(record_id)):
        raise HTTPException(404, UNKNOWN)
    return private_json(_shown(found))


@router.put(
    "/records/vacancies/{record_id}",
    summary="Add or change a vacancy",
    response_model=StoredRecord,
    dependencies=[Admin],
)
async def put_vacancy(record_id: RecordId, body: VacancyRecord, loaded: InService) -> Response:
    """The vacancy is found, and ranked for candidates, by every process within a second. 409 for another version."""
    record = {**_clean(body), "vacancy_id": record_id, "asked_on": (body.asked_on or today()).isoformat()}
    return private_json(_shown(await _put(loaded, "vacancies", record, body.version)))


@router.put(
    "/records/candidates/{record_id}",
    summary="Add or change a candidate",
    response_model=StoredRecord,
    dependencies=[Admin],
)
async def put_candidate(record_id: RecordId, body: CandidateRecord, loaded: InService) -> Response:
    """The candidate is found by every process within a second. 409 for another version, 404 for an erased one."""
    if loaded.erased.has(record_id):
        raise HTTPException(404, ERASED)
    record = {**_clean(body), "candidate_id": record_id, "created_on": (body.created_on or today()).isoformat()}
    return private_json(_shown(await _put(loaded, "candidates", record, body.version)))


@router.delete(
    "/records/vacancies/{record_id}", summary="Remove a vacancy", response_model=RemovedRecord, dependencies=[Admin]
)
async def delete_vacancy(
    record_id: RecordId,
    loaded: InService,
    version: Annotated[int, Query(ge=0, description="Of the stored record.")] = 0,
) -> Response:
    """No list has the vacancy any more; candidates are erased by their own route. 409 for another version."""
    await asyncio.to_thread(loaded.live.store.remove, "vacancies", [record_id], version)
    await loaded.live.follow(loaded.matcher, loaded.position, now=True)
    return private_json({"removed": True})


@router.post("/applications", summary="Add an application, or a status", response_model=StoredRecord)
async def post_application(body: ApplicationRecord, loaded: InService) -> Response:
    """A candidate applies to a vacancy, or gets another status. It counts at once, and in later trainings.

    The version is 0 for a new application, else that of the last answer; 409 for another version.
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
    return private_json(_shown(await _put(loaded, "applications", record, body.version)))


async def _put(loaded: RecruitingRelease, kind: Kind, record: dict[str, Any], version: int) -> Stored:
    stored = await asyncio.to_thread(loaded.live.store.put, kind, record, version)
    if "candidate_id" in record:
        await _refuse_erased(loaded, record["candidate_id"])
    await loaded.live.follow(loaded.matcher, loaded.position, now=True)
    return stored


async def _refuse_erased(loaded: RecruitingRelease, candidate: str) -> None:
    """Delete what was written of a candidate who was erased meanwhile.

    An erasure is logged before it deletes rows: it deletes what was written until then, and is seen here after that.
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
    texts = {name: _without_nul(value) if isinstance(value, str) else value for name, value in given.items()}
    return {name: scrub(value, names, births) if name in TEXTS and value else value for name, value in texts.items()}


def _without_nul(text: str) -> str:
    """The text as PostgreSQL can hold it; texts out of PDF files have such bytes."""
    return text.replace("\0", " ")


def _shown(stored: Stored) -> dict[str, Any]:
    return {"kind": stored.kind, "version": stored.version, "record": stored.record}
