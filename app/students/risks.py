"""GET /students/{ra}/risk and POST /students/{ra}/what-if: one student's risk, and what would change it."""

import asyncio

from fastapi import APIRouter, Response

from app.dependencies import Admin
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.students.answers import InService, changed, place_of, risk_json
from app.students.shapes import Changes, Language, StudentId, StudentRisk, WhatIf

router = APIRouter(prefix="/students", tags=["students"], dependencies=[Admin], route_class=BodyRoute)


@router.get("/{ra}/risk", summary="The risk of a student", response_model=StudentRisk)
async def get_student_risk(ra: StudentId, loaded: InService, lang: Language = "en") -> Response:
    """How likely the student is to lag next year: status, chances with their intervals, and the reasons."""
    place, model = place_of(loaded, ra), loaded.model
    risk = model.of_place(place)
    return json_response({"ra": model.store.ids.ids[place], "release": model.version, **risk_json(risk, lang)})


@router.post("/{ra}/what-if", summary="The risk of a student after a change", response_model=WhatIf)
async def ask_what_if(ra: StudentId, body: Changes, loaded: InService, lang: Language = "en") -> Response:
    """The risk as it is, and as it would be with other values in the student's latest record. Nothing is stored.

    The lag follows phase and ideal phase unless it is given itself.
    """
    place, model = place_of(loaded, ra), loaded.model
    record = model.store.record(model.store.rows(place)[-1])
    before, after = await asyncio.to_thread(model.of_records, [record, changed(record, body.values_given())])
    return json_response(
        {
            "ra": model.store.ids.ids[place],
            "release": model.version,
            "before": risk_json(before, lang),
            "after": risk_json(after, lang),
        }
    )
