"""POST /predict: recommendations in the challenge's format, with timings."""

import time

from fastapi import APIRouter, Request, Response

from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.answers import ask, front, items
from app.news.service import TheNews
from app.news.shapes import PredictBody, Predictions
from script_shared.news.ranking.query import Query

router = APIRouter(tags=["recommendations"], route_class=BodyRoute)


@router.post("/predict", summary="Recommend articles in the challenge's format", response_model=Predictions)
async def predict(request: Request, body: PredictBody, service: TheNews) -> Response:
    """Recommend articles, best first, without those with a score below ``minScore``."""
    started = time.perf_counter()
    in_service = service.live.require()
    query = Query(user=(body.user_id or "").strip(), n=body.max_results)
    served, answer, model_seconds = ask(service, in_service, request, query, drawn=False)
    least = body.min_score
    kept = [item for item in answer.items if least is None or item.score >= least]
    predictions = items(served.recommender, kept)
    total_ms = 1000 * (time.perf_counter() - started)
    model_ms = 1000 * model_seconds
    timings = {
        "processing_time_ms": round(total_ms, 3),
        "timing_details": {"model": round(model_ms, 3), "items": round(total_ms - model_ms, 3)},
    }
    return json_response({"predictions": predictions, **timings, **front(request, served, answer)})
