"""Metrics of requests that the server refused before a route, and of open connections."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge

REASONS = ("address", "head", "body", "time", "connections", "malformed")


class ConnectionMetrics:
    """Metrics of connections in a registry; ``app.metrics.telemetry`` has the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        about = "Requests and connections that the server ended itself."
        refused = Counter("pauta_http_refused_total", about, ["reason"], registry=registry)
        self._refused = {reason: refused.labels(reason) for reason in REASONS}
        self._open = Gauge("pauta_http_connections", "Connections that are open.", registry=registry)

    def count_refused(self, reason: str) -> None:
        """Count one that was ended, by one of ``REASONS``."""
        self._refused[reason].inc()

    def follow(self, count: Callable[[], int]) -> None:
        """Show from now on how many are open."""
        self._open.set_function(lambda: float(count()))
