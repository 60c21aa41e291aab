"""GET /students, GET and DELETE /students/{ra}: students by risk, and one student's path over the years."""

import csv
from io import StringIO
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.dependencies import Admin
from app.http.json_answer import json_response
from app.students.answers import InService, listed, place_of, whole
from app.students.shapes import ErasedStudent, StudentId, StudentList, StudentPath

router = APIRouter(prefix="/students", tags=["students"], dependencies=[Admin])
MOST = 1000  # students on a page
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins so for a formula


@router.get("", summary="Students by risk", response_model=StudentList)
async def list_students(
    loaded: InService,
    year: Annotated[int | None, Query(description="Of the latest record; the newest year when left out.")] = None,
    group: Annotated[str | None, Query(max_length=64, description="The class.")] = None,
    phase: Annotated[int | None, Query(ge=0, le=9)] = None,
    urgent: Annotated[bool, Query(description="Only students whom somebody should look at.")] = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    format: Annotated[Literal["json", "csv"], Query(description="csv: the page as a file.")] = "json",
) -> Response:
    """The students of a year, the highest chance of critical first."""
    model = loaded.model
    places = model.by_risk(year=year, group=group, phase=phase, urgent=urgent)
    page = [listed(model, int(place)) for place in places[offset : offset + limit]]
    page = [line for line in page if not loaded.erased.has(line["ra"])]
    if format == "csv":
        headers = {"Content-Disposition": 'attachment; filename="students.csv"'}
        return Response(_csv(page), media_type="text/csv; charset=utf-8", headers=headers)
    return json_response({"release": model.version, "total": len(places), "students": page})


@router.get("/{ra}", summary="A student over the years", response_model=StudentPath)
async def get_student(ra: StudentId, loaded: InService) -> Response:
    """The student's records, with the status of each year as it was."""
    place, model = place_of(loaded, ra), loaded.model
    ra = model.store.ids.ids[place]
    years = [{**_numbers(record), "status": status} for record, status in model.path(ra)]
    group = model.store.label(model.store.rows(place)[-1], "group")
    return json_response({"ra": ra, "release": model.version, "group": group, "years": years})


@router.delete("/{ra}", summary="Erase a student", response_model=ErasedStudent)
async def delete_student(ra: StudentId, loaded: InService) -> Response:
    """Erase a student: no process answers about the student any more, and later runs leave the student out.

    Releases and older runs still hold the records until `maintenance` removes them; your workbooks are yours to clean.
    """
    place_of(loaded, ra)
    await loaded.erased.erase(ra)
    return json_response({"erased": True})


def _numbers(record: dict[str, float | None]) -> dict[str, float | int | None]:
    counts = ("year", "birth_year", "phase", "ideal_phase", "lag")
    return {name: whole(value) if name in counts else value for name, value in record.items()}


def _csv(rows: list[dict[str, Any]]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["ra", "year", "phase", "group", "status", "urgent", "lagging", "critical"])
    writer.writerows([_safe(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
