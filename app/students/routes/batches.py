"""POST /students/predict: risks of records that are not stored."""

import asyncio

from fastapi import APIRouter, Response

from app.http.bodies import BodyRoute
from app.students.answers import private_json, risk_json
from app.students.shapes import Language, RecordRisks, Records
from app.students.visits import TheVisit

router = APIRouter(prefix="/students", tags=["students"], route_class=BodyRoute)


@router.post("/predict", summary="Risks of records that are not stored", response_model=RecordRisks)
async def predict_risks(body: Records, visit: TheVisit, lang: Language = "en") -> Response:
    """The risks of records, in their order. A missing value widens the interval, or is a 422, as the params say."""
    model = visit.model
    records = [each.record() for each in body.records]
    risks = await asyncio.to_thread(model.of_records, records)
    return private_json({"release": model.version, "risks": [risk_json(risk, lang) for risk in risks]})
