"""GET /students/{ra}/risk (short: POST /predict/{ra}) and POST /students/{ra}/what-if: a risk, and what changes it."""

import asyncio

from fastapi import APIRouter, Response

from app.http.bodies import BodyRoute
from app.students.answers import private_json, risk_json
from app.students.shapes import Changes, Language, StudentId, StudentRisk, WhatIf, change_record
from app.students.visits import TheVisit

router = APIRouter(tags=["students"], route_class=BodyRoute)


@router.get("/students/{ra}/risk", summary="The risk of a student", response_model=StudentRisk)
async def get_student_risk(ra: StudentId, visit: TheVisit, lang: Language = "en") -> Response:
    """How likely the student is to lag next year: status, chances with their intervals, and the reasons."""
    place, model = await visit.student(ra), visit.model
    risk = await visit.release.online.of_place(place)
    return private_json({"ra": model.store.ids.ids[place], "release": model.version, **risk_json(risk, lang)})


@router.post("/students/predict/{ra}", summary="The risk of a student, as a POST", response_model=StudentRisk)
async def predict_stored_student(ra: StudentId, visit: TheVisit, lang: Language = "en") -> Response:
    """As ``GET /students/{ra}/risk``."""
    return await get_student_risk(ra, visit, lang)


@router.post("/predict/{ra}", summary="The risk of a student, by its short name", response_model=StudentRisk)
async def predict_student(ra: StudentId, visit: TheVisit, lang: Language = "en") -> Response:
    """As ``GET /students/{ra}/risk``."""
    return await get_student_risk(ra, visit, lang)


@router.post("/students/{ra}/what-if", summary="The risk of a student after a change", response_model=WhatIf)
async def ask_what_if(ra: StudentId, body: Changes, visit: TheVisit, lang: Language = "en") -> Response:
    """The risk as it is, and as it would be with other values in the student's latest record. Nothing is stored.

    The lag follows phase and ideal phase unless it is given itself.
    """
    place, model = await visit.student(ra), visit.model
    record = model.store.record(model.store.rows(place)[-1])
    before, after = await asyncio.to_thread(model.of_records, [record, change_record(record, body.values_given())])
    return private_json(
        {
            "ra": model.store.ids.ids[place],
            "release": model.version,
            "before": risk_json(before, lang),
            "after": risk_json(after, lang),
        }
    )
