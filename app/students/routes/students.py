"""GET /students, GET and DELETE /students/{ra}: students by risk, and one student's path over the years."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.decisions import TheDecisions
from app.http.csv_files import CSV_TOO
from app.security.requirement import require
from app.students.answers import private_json, risk_line, whole
from app.students.exports import stream_csv
from app.students.shapes import ErasedStudent, StudentId, StudentList, StudentPath
from app.students.visits import TheVisit

router = APIRouter(prefix="/students", tags=["students"])
MOST = 1000  # students on a page


@router.get("", summary="Students by risk", response_model=StudentList, responses=CSV_TOO)
async def list_students(
    visit: TheVisit,
    year: Annotated[int | None, Query(description="Of the latest record; the newest year when left out.")] = None,
    group: Annotated[str | None, Query(max_length=64, description="The class.")] = None,
    phase: Annotated[int | None, Query(ge=0, le=9)] = None,
    urgent: Annotated[bool, Query(description="Only students whom somebody should look at.")] = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    format: Annotated[Literal["json", "csv"], Query(description="csv: all students as a file.")] = "json",
) -> Response:
    """The students of a year, the highest chance of critical first.

    CSV has no pages: ``offset`` and ``limit`` do nothing, and the file is streamed.
    """
    model = visit.model
    places = model.by_risk(year=year, group=group, phase=phase, urgent=urgent, without=visit.release.erased_rows.rows)
    if format == "csv":
        return await stream_csv(visit, places)
    page = [risk_line(model, int(place)) for place in places[offset : offset + limit]]
    await visit.record([line["ra"] for line in page])
    return private_json({"release": model.version, "total": len(places), "students": page})


@router.get("/{ra}", summary="A student over the years", response_model=StudentPath)
async def get_student(ra: StudentId, visit: TheVisit) -> Response:
    """The student's records, with the status of each year as it was."""
    place, model = await visit.student(ra), visit.model
    ra = model.store.ids.ids[place]
    years = [{**_numbers(record), "status": status} for record, status in model.path(ra)]
    group = model.store.label(model.store.rows(place)[-1], "group")
    return private_json({"ra": ra, "release": model.version, "group": group, "years": years})


@router.delete(
    "/{ra}", summary="Erase a student", response_model=ErasedStudent, dependencies=[require("admin", "students")]
)
async def delete_student(ra: StudentId, visit: TheVisit, decisions: TheDecisions) -> Response:
    """Erase a student: no process answers about the student any more, and later runs leave the student out.

    A second request for the same student does no harm and gets the same answer.
    Until the next `maintenance`, files of releases and runs still hold the records; your workbooks are yours to clean.
    """
    place = await visit.student(ra, also_erased=True)
    await visit.release.erased.erase(ra)  # first: a release that loads meanwhile then leaves the student out
    await visit.release.online.erase(visit.model.store.ids.ids[place])
    person = {"person": await decisions.pseudonym(f"student {ra.upper()}")}
    await decisions.record("erasure", "students", why="requested by a person", evidence=person)
    return private_json({"erased": True})


def _numbers(record: dict[str, float | None]) -> dict[str, float | int | None]:
    counts = ("year", "birth_year", "phase", "ideal_phase", "lag")
    return {name: whole(value) if name in counts else value for name, value in record.items()}
