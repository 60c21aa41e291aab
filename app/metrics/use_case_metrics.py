"""Releases of every use case, with the label ``use_case``; those of the first one also under names without it."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from app.metrics.leaving_releases import LeavingReleases
from app.metrics.release_metrics import ReleaseMetrics
from script_shared.clock import Clock


class UseCaseMetrics:
    """The families in a registry; ``app.metrics.telemetry`` has the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        name = "pauta_use_case"
        self.ready = Gauge(f"{name}_ready", "1 when a release is loaded, else 0.", ["use_case"], registry=registry)
        self.info = Gauge(
            f"{name}_release_info", "1 for the release in service.", ["use_case", "version"], registry=registry
        )
        self.created = Gauge(
            f"{name}_release_created_timestamp_seconds",
            "When the release in service was made.",
            ["use_case"],
            registry=registry,
        )
        self.load_seconds = Gauge(
            f"{name}_release_load_seconds", "Time the last load took, check included.", ["use_case"], registry=registry
        )
        self.swaps = Counter(
            f"{name}_release_swaps_total", "Releases taken into service.", ["use_case"], registry=registry
        )
        self.refusals = Counter(
            f"{name}_release_refusals_total",
            "Releases that could not be loaded or failed their check.",
            ["use_case"],
            registry=registry,
        )
        self.store_errors = Counter(
            f"{name}_release_store_errors_total",
            "Reads of the release store that failed.",
            ["use_case"],
            registry=registry,
        )
        self.store_up = Gauge(
            f"{name}_release_store_up",
            "1 when the release store could be read the last time, else 0.",
            ["use_case"],
            registry=registry,
        )


class ReleaseCounts:
    """The metrics of one use case's releases; every series exists from the start.

    Args:
        leaving: gets every swap, and removes the series of releases later.
        unlabelled: has the same under names without a use case, None where this is not the first one.
    """

    def __init__(
        self,
        metrics: UseCaseMetrics,
        use_case: str,
        leaving: LeavingReleases,
        unlabelled: ReleaseMetrics | None = None,
    ) -> None:
        self._metrics, self._use_case, self._leaving, self._unlabelled = metrics, use_case, leaving, unlabelled
        metrics.ready.labels(use_case).set(0)
        for counter in (metrics.swaps, metrics.refusals, metrics.store_errors):
            counter.labels(use_case)

    def note_release(self, old: str | None, new: str, *, created: float, clock: Clock, seconds: float) -> None:
        """Note the release now in service; ``created`` is in epoch seconds."""
        metrics, use_case = self._metrics, self._use_case
        if old is not None and old != new:
            metrics.info.remove(use_case, old)
        metrics.info.labels(use_case, new).set(1)
        metrics.created.labels(use_case).set(created)
        metrics.load_seconds.labels(use_case).set(seconds)
        metrics.swaps.labels(use_case).inc()
        metrics.ready.labels(use_case).set(1)
        self._leaving.note_release(new)
        if self._unlabelled is not None:
            self._unlabelled.note_release(old, new, created=created, clock=clock, seconds=seconds)

    def count_refusal(self) -> None:
        """A release could not be loaded, or failed its check."""
        self._metrics.refusals.labels(self._use_case).inc()
        if self._unlabelled is not None:
            self._unlabelled.refusals.inc()

    def store_failed(self) -> None:
        """The release store could not be read."""
        self._metrics.store_errors.labels(self._use_case).inc()
        self._metrics.store_up.labels(self._use_case).set(0)
        if self._unlabelled is not None:
            self._unlabelled.store_errors.inc()
            self._unlabelled.store_up.set(0)

    def store_answered(self) -> None:
        """The release store could be read."""
        self._metrics.store_up.labels(self._use_case).set(1)
        if self._unlabelled is not None:
            self._unlabelled.store_up.set(1)
