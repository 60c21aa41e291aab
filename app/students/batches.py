"""POST /students/predict: risks of records that are not stored."""

import asyncio

from fastapi import APIRouter, Response

from app.dependencies import Admin
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.students.answers import InService, risk_json
from app.students.shapes import Language, RecordRisks, Records
from script_shared.students.features import RECORD

router = APIRouter(prefix="/students", tags=["students"], dependencies=[Admin], route_class=BodyRoute)


@router.post("/predict", summary="Risks of records that are not stored", response_model=RecordRisks)
async def predict_risks(body: Records, loaded: InService, lang: Language = "en") -> Response:
    """The risks of records, in their order. A missing value widens the interval, or is a 422, as the params say."""
    model = loaded.model
    records = [{name: getattr(each, name) for name in RECORD} for each in body.records]
    risks = await asyncio.to_thread(model.of_records, records)
    return json_response({"release": model.version, "risks": [risk_json(risk, lang) for risk in risks]})
