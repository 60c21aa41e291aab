"""GET /metrics: metrics for Prometheus."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from app.dependencies import TheService
from app.metrics.exposition import MEDIA_TYPES, is_openmetrics_wanted

router = APIRouter(tags=["operations"])


@router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
async def get_metrics(request: Request, service: TheService) -> Response:
    """Prometheus' text format. Where requests are traced, scrapes that accept OpenMetrics get it, with exemplars."""
    exemplars = service.tracing is not None and is_openmetrics_wanted(request.headers.get("accept", ""))
    text = await service.telemetry.render(exemplars=exemplars)
    return Response(text, headers={"Content-Type": MEDIA_TYPES[exemplars]})
