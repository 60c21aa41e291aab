"""Metrics of the release in service of the first use case: version, loading, and clock."""

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge

from script_shared.clock import Clock

MODES = ("wall", "data")


class ReleaseMetrics:
    """Metrics of releases in a registry; ``app.metrics.telemetry`` has the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._clock: Clock | None = None
        self.ready = self._gauge("pauta_ready", "1 when a release is loaded, else 0.")
        self.workers = self._gauge("pauta_workers", "Processes that answer.")
        self.workers.set(1)
        about = "1 for the release in service, 0 for those served before."
        self.info = self._gauge("pauta_release_info", about, ["release"])
        self.created = self._gauge("pauta_release_created_timestamp_seconds", "When the release in service was made.")
        self.data_end = self._gauge("pauta_release_data_end_timestamp_seconds", "Time of its newest interaction.")
        self.load_seconds = self._gauge("pauta_release_load_seconds", "Time the last load took, check included.")
        self.mode = self._gauge("pauta_clock_mode", "1 for the mode of the release's clock.", ["mode"])
        for mode in MODES:
            self.mode.labels(mode).set_function(partial(self._runs_on, mode))
        self._gauge("pauta_clock_timestamp_seconds", "The time on the release's clock.").set_function(self._now)
        self.swaps = self._counter("pauta_release_swaps", "Releases taken into service.")
        self.refusals = self._counter(
            "pauta_release_refusals", "Releases that could not be loaded or failed their check."
        )
        self.store_errors = self._counter("pauta_release_store_errors", "Looks at the release store that failed.")
        about = "1 when the release store could be read the last time, else 0."
        self.store_up = self._gauge("pauta_release_store_up", about)

    def note_release(self, old: str | None, new: str, *, created: float, clock: Clock, seconds: float) -> None:
        """Note the release now in service; ``created`` is in epoch seconds."""
        if old is not None and old != new:
            self.info.labels(old).set(0)
        self.info.labels(new).set(1)
        self.created.set(created)
        self.data_end.set(clock.data_end_ms / 1000)
        self.load_seconds.set(seconds)
        self._clock = clock
        self.swaps.inc()
        self.ready.set(1)

    def remove_release(self, release: str) -> None:
        """Remove the series of a release that left a while ago."""
        self.info.remove(release)

    def _runs_on(self, mode: str) -> int:
        return int(self._clock is not None and self._clock.mode == mode)

    def _now(self) -> float:
        return self._clock.now_ms() / 1000 if self._clock is not None else 0.0

    def _gauge(self, name: str, text: str, labels: list[str] | None = None) -> Gauge:
        return Gauge(name, text, labels or [], registry=self._registry)

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(f"{name}_total", text, registry=self._registry)
