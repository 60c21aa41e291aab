"""GET /students/page and what lies below: the pages, for people who logged in with a token."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from app.shell.forms import Form, TheForm
from app.shell.page_route import PageRoute
from app.shell.view import View, view_of
from app.shell.words import Texts
from app.students.exports import stream_csv
from app.students.pages.class_view import Filters, class_counts, select_students, students_shown
from app.students.pages.student_view import changes_in, fields_shown, path_shown, risk_shown
from app.students.shapes import StudentId, change_record
from app.students.visits import TheRelease, Visit, visit_of
from script_shared.errors import RequestError
from script_shared.students.model import Risk

HOME = "students/page"
router = APIRouter(prefix=f"/{HOME}", include_in_schema=False, route_class=PageRoute)
TheView = Annotated[View, view_of("students")]


@router.get("")
async def get_students_page(
    view: TheView,
    release: TheRelease,
    group: Annotated[str, Query(max_length=64)] = "",
    phase: Annotated[str, Query(pattern="^[0-9]?$")] = "",
    urgent: bool = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    format: Annotated[str, Query(pattern="^(csv)?$")] = "",
) -> Response:
    """Classes and students by risk. A single class is ready to print; as CSV, all students that pass the filters."""
    visit = await _visit(view, release)
    model = visit.model
    filters = Filters(group or None, int(phase) if phase else None, urgent, offset)
    if format:
        return await stream_csv(visit, select_students(model, filters, release.erased_rows.rows))
    lines, total = students_shown(model, filters, release.erased_rows.rows)
    await visit.record([line["ra"] for line in lines])
    counts = class_counts(model, release.erased_rows.rows)
    by_need = sorted(counts.items(), key=lambda item: (-item[1]["urgent"], item[0] or ""))
    return view.page(
        "students/classes",
        f"{view.texts['class']} {filters.group}" if filters.group else view.texts["title"],
        filters=filters,
        groups=sorted(name for name in counts if name is not None),
        classes=[] if filters.group or filters.urgent or filters.offset else by_need,
        year=max((line["year"] or 0 for line in lines), default=0) + 1,
        lines=lines,
        count=len(lines),
        total=total,
        release=model.version,
    )


@router.get("/{ra}")
async def get_student_page(ra: StudentId, view: TheView, release: TheRelease) -> Response:
    """One student: risk, reasons, path, and the form of the what-if."""
    return await _student_page(view, ra, await _visit(view, release), {})


@router.post("/{ra}")
async def ask_student_page(ra: StudentId, view: TheView, form: TheForm, release: TheRelease) -> Response:
    """The same with the risk after a change. Nothing is stored."""
    return await _student_page(view, ra, await _visit(view, release), form)


async def _visit(view: View, release: TheRelease) -> Visit:
    return await visit_of(view.request, release, view.viewer)


async def _student_page(view: View, ra: str, visit: Visit, given: Form) -> Response:
    place, model, texts = await visit.student(ra), visit.model, view.texts
    ra, row = model.store.ids.ids[place], model.store.rows(place)[-1]
    record, risk = model.store.record(row), await visit.release.online.of_place(place)
    after, wrong = await _after(visit, record, given, texts)
    path = path_shown(texts, model.path(ra))
    return view.page(
        "students/student",
        f"{texts['student']} {ra}",
        status=422 if wrong else 200,
        group=model.store.label(row, "group") or texts["no_class"],
        year=risk.year,
        risk=risk_shown(texts, risk),
        path=path,
        plots=path["plot"] is not None,
        after=None if after is None else risk_shown(texts, after),
        fields=fields_shown(record, given),
        wrong=wrong,
        release=model.version,
    )


async def _after(
    visit: Visit, record: dict[str, float | None], given: Mapping[str, str], texts: Texts
) -> tuple[Risk | None, str]:
    """The risk after the change, or the field that cannot be; neither where nothing was changed."""
    try:
        values = changes_in(record, given).values_given()
    except ValidationError as error:
        return None, texts[str(error.errors()[0]["loc"][0])]
    if not values:
        return None, ""
    try:
        return (await asyncio.to_thread(visit.model.of_records, [change_record(record, values)]))[0], ""
    except RequestError:  # where the params refuse what is missing
        return None, ", ".join(texts[name] for name, value in values.items() if value is None)
