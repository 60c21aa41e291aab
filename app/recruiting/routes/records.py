"""Vacancies, candidates and applications that people add, change and remove, with versions and pages."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import HTTPException, Path, Query, Response

from app.decisions import TheDecisions
from app.http.bodies import BodyRoute
from app.recruiting.answers import private_json
from app.recruiting.changes import add_application, add_candidate, add_vacancy, remove_application
from app.recruiting.live_release import InService
from app.recruiting.record_shapes import (
    NAME,
    ApplicationRecord,
    CandidateRecord,
    RecordPage,
    RemovedRecord,
    StoredRecord,
    VacancyRecord,
)
from app.recruiting.routes import recruiting_router
from app.recruiting.shapes import Limit, Offset
from app.security.requirement import require
from script_shared.recruiting.store.store import Kind, StoredRow

router = recruiting_router(route_class=BodyRoute)
UNKNOWN = (
    "There is no stored record of this id. Records of files are in the release alone; a PUT with version 0 stores one."
)
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
    q: Annotated[
        str,
        Query(
            max_length=200,
            pattern=r"^[^\x00]*$",  # PostgreSQL takes no NUL
            description="Only records with these words in the title, or in the status.",
        ),
    ] = "",
    before: Annotated[
        int | None, Query(ge=1, lt=2**63, description="The `next` of a page, for the following page.")
    ] = None,
    offset: Offset = 0,
    limit: Limit = 20,
) -> Response:
    """Records that were added or changed here, latest change first. `next` pages through all of them."""
    named = {"vacancy_id": vacancy_id, "candidate_id": candidate_id} if kind == "applications" else {}
    equal = {name: value for name, value in named.items() if value is not None}
    rows, total = await asyncio.to_thread(lambda: loaded.live.store.page(kind, offset, limit, before, q, **equal))
    kept = [each for each in rows if not loaded.erased.has(str(each.record.get("candidate_id", "")))]
    following = rows[-1].change if len(rows) == limit else None
    return private_json({"total": total, "records": [_record_json(each) for each in kept], "next": following})


@router.get("/records/{kind}/{record_id}", summary="A stored record", response_model=StoredRecord)
async def get_record(kind: People, record_id: RecordId, loaded: InService) -> Response:
    """A vacancy or a candidate with its version; 404 where it is in the release alone, or nowhere."""
    found = await asyncio.to_thread(loaded.live.store.get, kind, [record_id])
    if found is None or found.removed or (kind == "candidates" and loaded.erased.has(record_id)):
        raise HTTPException(404, UNKNOWN)
    return private_json(_record_json(found))


@router.put(
    "/records/vacancies/{record_id}",
    summary="Add or change a vacancy",
    response_model=StoredRecord,
    dependencies=[require("editor", "recruiting")],
)
async def put_vacancy(record_id: RecordId, body: VacancyRecord, loaded: InService, decisions: TheDecisions) -> Response:
    """The vacancy is found, and ranked for candidates, by every process within a second. 409 for another version."""
    stored = await add_vacancy(loaded, record_id, body)
    await decisions.record("editorial", "recruiting", after=record_id, why="a vacancy stored")
    return private_json(_record_json(stored))


@router.put(
    "/records/candidates/{record_id}",
    summary="Add or change a candidate",
    response_model=StoredRecord,
    dependencies=[require("editor", "recruiting")],
)
async def put_candidate(
    record_id: RecordId, body: CandidateRecord, loaded: InService, decisions: TheDecisions
) -> Response:
    """The candidate is found by every process within a second. 409 for another version, 404 for an erased one."""
    stored = await add_candidate(loaded, record_id, body)
    await decisions.record("editorial", "recruiting", why="a candidate stored", evidence={"version": stored.version})
    return private_json(_record_json(stored))


@router.delete(
    "/records/vacancies/{record_id}",
    summary="Remove a vacancy",
    response_model=RemovedRecord,
    dependencies=[require("editor", "recruiting")],
)
async def delete_vacancy(
    record_id: RecordId,
    loaded: InService,
    decisions: TheDecisions,
    version: Annotated[int, Query(ge=0, description="Of the stored record.")] = 0,
) -> Response:
    """No list has the vacancy any more; candidates are erased by their own route. 409 for another version."""
    await asyncio.to_thread(loaded.live.store.remove, "vacancies", [record_id], version)
    await loaded.live.follow(loaded.matcher, loaded.position, now=True)
    await decisions.record("editorial", "recruiting", before=record_id, why="a vacancy removed")
    return private_json({"removed": True})


@router.post("/applications", summary="Add an application, or a status", response_model=StoredRecord)
async def post_application(body: ApplicationRecord, loaded: InService, decisions: TheDecisions) -> Response:
    """A candidate applies to a vacancy, or gets another status. It counts at once, and in later trainings.

    The version is 0 for a new application, else that of the last answer; 409 for another version.
    """
    stored = await add_application(loaded, body)
    await decisions.record("editorial", "recruiting", after=body.vacancy_id, why="an application stored")
    return private_json(_record_json(stored))


@router.delete(
    "/applications",
    summary="Remove an application",
    response_model=RemovedRecord,
    dependencies=[require("editor", "recruiting")],
)
async def delete_application(
    loaded: InService,
    decisions: TheDecisions,
    candidate_id: Annotated[str, Query(max_length=64, pattern=NAME)],
    vacancy_id: Annotated[str, Query(max_length=64, pattern=NAME)],
    version: Annotated[int, Query(ge=0, description="Version of the stored record; 0 for one from the files.")] = 0,
) -> Response:
    """The application no longer counts, in later trainings either. 404 if there is none, 409 for another version."""
    await remove_application(loaded, candidate_id, vacancy_id, version)
    await decisions.record("editorial", "recruiting", before=vacancy_id, why="an application removed")
    return private_json({"removed": True})


def _record_json(stored: StoredRow) -> dict[str, Any]:
    return {"kind": stored.kind, "version": stored.version, "record": stored.record}
