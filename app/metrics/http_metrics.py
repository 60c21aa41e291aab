"""Requests: counted on every one, so that each count costs about a microsecond."""

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram

BUCKETS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class _Bound(NamedTuple):
    """Two series with their labels."""

    number: Counter
    seconds: Histogram


class HttpMetrics:
    """Metrics of requests in a registry; ``app.metrics.telemetry`` has the table.

    Series are looked up by their labels once and kept.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "pauta_http_requests_total",
            "Requests by route template, method and status.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "pauta_http_request_duration_seconds",
            "Time to answer a request.",
            ["route", "method"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._of_request: dict[tuple[str, str, int], _Bound] = {}

    def count_request(self, route: str, method: str, status: int, seconds: float, trace_id: str = "") -> None:
        """Count one request.

        Args:
            route: its template.
            method: its method.
            status: of the answer.
            seconds: that the answer took.
            trace_id: of its trace, if that is kept; becomes the exemplar of the bucket.
        """
        bound = self._of_request.get((route, method, status))
        if bound is None:
            bound = _Bound(self._requests.labels(route, method, str(status)), self._seconds.labels(route, method))
            self._of_request[route, method, status] = bound
        bound.number.inc()
        bound.seconds.observe(seconds, {"trace_id": trace_id} if trace_id else None)
