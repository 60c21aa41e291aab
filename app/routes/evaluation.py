"""GET /evaluation: the release in service; /evaluation/metrics: figures by run; /evaluation/drift: new data."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from app.dependencies import TheService, UseCaseName
from app.http.json_answer import json_response
from app.metrics.evaluation_file import select
from app.routes.evaluation_shapes import DriftFigures, EvaluationQuery, EvaluationRows, ServiceFigures
from app.security.requirement import require

router = APIRouter(prefix="/evaluation", tags=["model"])


@router.get("/metrics", summary="Evaluation figures", response_model=EvaluationRows)
def get_evaluation_metrics(query: Annotated[EvaluationQuery, Query()], service: TheService) -> Response:
    """Rows of the evaluation file, oldest first; a value that could not be measured is null."""
    wanted = query.model_dump(exclude={"latest"}, exclude_none=True)
    rows = select(service.evaluation.rows(), wanted, latest=query.latest)
    return json_response({"count": len(rows), "rows": rows})


@router.get(
    "",
    summary="The release in service over time",
    response_model=ServiceFigures,
    dependencies=[require("operator")],
)
def get_service_figures(service: TheService, use_case: UseCaseName = None) -> Response:
    """Whether the release in service still earns its place: its figures beside those of the most read, until now.

    404 before its first evaluation. The same figures are gauges at /metrics (pauta_service_...).
    """
    name = service.live_of(use_case).use_case
    figures = service.telemetry.service.figures(name)
    if figures is None:
        detail = f"The release in service of {name} has not been evaluated yet. The DAG {name}_evaluation does so."
        raise HTTPException(404, detail)
    return json_response(figures)


@router.get(
    "/drift", summary="Drift of the newest data", response_model=DriftFigures, dependencies=[require("operator")]
)
def get_drift(service: TheService, use_case: UseCaseName = None) -> Response:
    """How far the newest data of a use case differ from the reference and from the last window.

    404 before the first comparison. The same figures are gauges at /metrics (pauta_drift_...).
    """
    name = service.live_of(use_case).use_case
    figures = service.telemetry.drift.figures(name)
    if figures is None:
        raise HTTPException(404, f"No data of {name} have been compared yet; the DAG {name}_data compares them.")
    return json_response(figures)
