"""GET /metrics: metrics for Prometheus."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from app.dependencies import TheService

router = APIRouter(tags=["operations"])


@router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
async def get_metrics(service: TheService) -> Response:
    """Prometheus' text format."""
    return Response(await service.telemetry.render(), headers={"Content-Type": CONTENT_TYPE_LATEST})
