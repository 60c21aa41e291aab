"""When the newest decision of each kind was made, as a gauge from which Grafana draws its annotations."""

import asyncio
import logging
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from script_shared.errors import UnavailableError

SECONDS = 10.0  # between two reads; Prometheus scrapes every 15
Times = dict[tuple[str, str], int]  # epoch milliseconds by kind and use case
log = logging.getLogger("pauta.metrics")


class DecisionMetrics(Collector):
    """The gauge ``pauta_decision_timestamp_seconds``; ``app.metrics.telemetry`` has the table.

    A scrape never waits for the database: it gets the times that ``follow`` read last.
    """

    def __init__(self) -> None:
        self._times: Times = {}
        self._last = 0
        self._text = b""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    async def follow(self, read: Callable[[int], tuple[int, Times]]) -> None:
        """Read new entries again and again; while the database is unreachable, the last times stay.

        Args:
            read: from the number of the last entry known to that of the newest one, and the times of those between.
        """
        while True:
            reading = asyncio.ensure_future(asyncio.to_thread(read, self._last))
            try:
                self._last, times = await asyncio.shield(reading)
            except asyncio.CancelledError:
                await asyncio.gather(reading, return_exceptions=True)  # the log is closed afterwards
                raise
            except UnavailableError as error:
                log.debug("the newest decisions could not be read: %s", error.log_text)
            else:
                self._take(times)
            await asyncio.sleep(SECONDS)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        self._text = self._text or generate_latest(self._registry)
        return self._text

    def collect(self) -> Iterator[Metric]:
        """The gauge."""
        about = "When the newest decision of a kind was made, by kind and use case (epoch seconds)."
        family = GaugeMetricFamily("pauta_decision_timestamp_seconds", about, labels=["kind", "use_case"])
        for (kind, use_case), at_ms in sorted(self._times.items()):
            family.add_metric([kind, use_case], at_ms / 1000)
        yield family

    def _take(self, times: Times) -> None:
        if times:
            newest = {key: max(at_ms, self._times.get(key, 0)) for key, at_ms in times.items()}
            self._times, self._text = {**self._times, **newest}, b""
