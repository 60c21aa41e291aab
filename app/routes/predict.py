"""POST /predict: a list in the shape that clients of the challenge's kind expect, with its timings."""

import time

from fastapi import APIRouter, Request, Response

from app.answers import ask, front, items, json_response
from app.bodies import BodyRoute
from app.dependencies import TheService
from app.shapes import PredictBody, Predictions
from script_shared.news.live.query import Query

router = APIRouter(tags=["recommendations"], route_class=BodyRoute)


@router.post("/predict", summary="A list with timings", response_model=Predictions)
async def predict(request: Request, body: PredictBody, service: TheService) -> Response:
    """Articles for a user, best first, without those that score below ``minScore``."""
    started = time.perf_counter()
    served = service.live.require()
    query = Query(user=(body.user_id or "").strip(), n=body.max_results)
    answer, model_seconds = ask(service, served, request, query)
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
