"""GET /evaluation/metrics: the figures of all evaluations, by run."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.dependencies import TheService
from app.http.json_answer import json_response
from app.metrics.evaluation_file import select
from app.routes.shapes import EvaluationQuery, EvaluationRows

router = APIRouter(prefix="/evaluation", tags=["model"])


@router.get("/metrics", summary="Evaluation figures", response_model=EvaluationRows)
def get_evaluation_metrics(query: Annotated[EvaluationQuery, Query()], service: TheService) -> Response:
    """Rows of the evaluation file, oldest first; a value that could not be measured is null."""
    wanted = query.model_dump(exclude={"latest"}, exclude_none=True)
    rows = select(service.evaluation.rows(), wanted, latest=query.latest)
    return json_response({"count": len(rows), "rows": rows})
