"""GET /metrics: what Prometheus reads."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.dependencies import TheService

router = APIRouter(tags=["operations"])


@router.get("/metrics", summary="Metrics for Prometheus")
async def metrics(service: TheService) -> Response:
    """Prometheus' text format."""
    return Response(await service.telemetry.render(), headers={"Content-Type": CONTENT_TYPE_LATEST})
