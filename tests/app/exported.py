"""Every metric that a service exports: those of the host, and of the use cases of the registry."""

from prometheus_client import Metric

from app.main import create_app
from script_shared.settings import Settings


def exported_metrics() -> list[Metric]:
    """The families of a service that has not answered yet."""
    return list(create_app(Settings()).state.service.telemetry.collect())
