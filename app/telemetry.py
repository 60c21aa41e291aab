"""What the service counts, for Prometheus.

================================================  =========  =========================================================
metric                                            kind       what it says
================================================  =========  =========================================================
pauta_http_requests_total                         counter    requests by route template, method and status
pauta_http_request_duration_seconds               histogram  time to answer by route template and method
pauta_recommendations_total                       counter    lists answered by segment, source and release
pauta_recommendation_duration_seconds             histogram  time the model took for one list, by segment
pauta_recommendation_empty_total                  counter    lists with no item at all, by segment
pauta_recommendation_short_total                  counter    lists with fewer items than asked, by segment
pauta_ready                                       gauge      1 when a release is loaded, else 0
pauta_release_info                                gauge      1 for the release in service, 0 for those served before
pauta_release_created_timestamp_seconds           gauge      when the release in service was made (epoch seconds)
pauta_release_data_end_timestamp_seconds          gauge      time of the newest interaction it knows (epoch seconds)
pauta_release_load_seconds                        gauge      time the last load took, check included
pauta_release_swaps_total                         counter    releases taken into service
pauta_release_refusals_total                      counter    releases that could not be loaded or failed their check
pauta_release_store_errors_total                  counter    looks at the release store that failed
pauta_events_total                                counter    events taken in by kind and result (new, duplicate)
pauta_events_refused_total                        counter    events answered with 503 because the log was away
pauta_event_log_up                                gauge      1 when the event log could be read the last time
pauta_event_log_position                          gauge      number of the last entry known to this process
pauta_served_dropped_total                        counter    served answers that the log did not keep up with
pauta_live_state_bytes                            gauge      memory of the live state
pauta_live_state_articles                         gauge      articles in the live state
pauta_live_state_readers                          gauge      readers in the live state
pauta_degraded_answers_total                      counter    lists answered without a part, by part
pauta_explored_items_total                        counter    items that were fresh articles being tried out
pauta_live_judged_clicks_total                    counter    clicks credited to an answer, by its segment and source
pauta_live_hits_total                             counter    of those, in the first 10 (by: served, popularity_1h)
================================================  =========  =========================================================

A test holds this table to what ``/metrics`` exports. With several worker processes each scrape adds all of them up.
"""

import contextlib
import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.live_metrics import LiveMetrics

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_MODEL_BUCKETS = (0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.25)


class Telemetry:
    """The metrics of one process; one registry each, so that two services in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests()
        self._recommendations()
        self._releases()
        self.live = LiveMetrics(self.registry)
        if SHARED_FOLDER not in os.environ:
            ProcessCollector(registry=self.registry)

    def render(self) -> bytes:
        """Everything in Prometheus' text format, summed over the worker processes where there are several."""
        shared = os.environ.get(SHARED_FOLDER)
        if shared is None:
            return generate_latest(self.registry)
        forget_dead_workers(Path(shared))
        together = CollectorRegistry()
        MultiProcessCollector(together, path=shared)
        return generate_latest(together)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests.labels(route, method, str(status)).inc()
        self.request_seconds.labels(route, method).observe(seconds)

    def recommended(self, segment: str, source: str, release: str, *, asked: int, given: int, seconds: float) -> None:
        """Count one list: ``asked`` and ``given`` are numbers of items."""
        self.recommendations.labels(segment, source, release).inc()
        self.recommendation_seconds.labels(segment).observe(seconds)
        if given == 0:
            self.empty_lists.labels(segment).inc()
        if given < asked:
            self.short_lists.labels(segment).inc()

    def swapped(self, old: str | None, new: str, *, created: float, data_end: float, seconds: float) -> None:
        """Note the release now in service; ``created`` and ``data_end`` are epoch seconds."""
        if old is not None:
            self.release_info.labels(old).set(0)
        self.release_info.labels(new).set(1)
        self.release_created.set(created)
        self.release_data_end.set(data_end)
        self.release_load_seconds.set(seconds)
        self.swaps.inc()
        self.ready.set(1)

    def _requests(self) -> None:
        self.requests = Counter(
            "pauta_http_requests_total",
            "Requests by route template, method and status.",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "pauta_http_request_duration_seconds",
            "Time to answer a request, in seconds.",
            ["route", "method"],
            buckets=_REQUEST_BUCKETS,
            registry=self.registry,
        )

    def _recommendations(self) -> None:
        registry = self.registry
        self.recommendations = Counter(
            "pauta_recommendations_total",
            "Lists answered by segment, source and release.",
            ["segment", "source", "release"],
            registry=registry,
        )
        self.recommendation_seconds = Histogram(
            "pauta_recommendation_duration_seconds",
            "Time the model took for one list, in seconds.",
            ["segment"],
            buckets=_MODEL_BUCKETS,
            registry=registry,
        )
        self.empty_lists = Counter(
            "pauta_recommendation_empty_total", "Lists with no item at all.", ["segment"], registry=registry
        )
        self.short_lists = Counter(
            "pauta_recommendation_short_total", "Lists with fewer items than asked.", ["segment"], registry=registry
        )

    def _releases(self) -> None:
        self.ready = self._gauge("pauta_ready", "1 when a release is loaded, else 0.", mode="livemin")
        self.release_info = Gauge(
            "pauta_release_info",
            "1 for the release in service, 0 for those served before.",
            ["release"],
            registry=self.registry,
            multiprocess_mode="livemax",
        )
        self.release_created = self._gauge(
            "pauta_release_created_timestamp_seconds", "When the release in service was made, epoch seconds."
        )
        self.release_data_end = self._gauge(
            "pauta_release_data_end_timestamp_seconds", "Time of the newest interaction it knows, epoch seconds."
        )
        self.release_load_seconds = self._gauge(
            "pauta_release_load_seconds", "Time the last load took, check included."
        )
        self.swaps = Counter("pauta_release_swaps_total", "Releases taken into service.", registry=self.registry)
        self.refusals = Counter(
            "pauta_release_refusals_total",
            "Releases that could not be loaded or failed their check.",
            registry=self.registry,
        )
        self.store_errors = Counter(
            "pauta_release_store_errors_total", "Looks at the release store that failed.", registry=self.registry
        )

    def _gauge(self, name: str, text: str, mode: str = "livemostrecent") -> Gauge:
        return Gauge(name, text, registry=self.registry, multiprocess_mode=mode)  # type: ignore[arg-type]


def forget_dead_workers(shared: Path) -> None:
    """Drop the live gauges of worker processes that are gone, however they went."""
    for pid in {int(file.stem.rsplit("_", 1)[1]) for file in shared.glob("gauge_live*_*.db")}:
        if not _alive(pid):
            with contextlib.suppress(FileNotFoundError):  # another worker was asked at the same moment
                mark_process_dead(pid, str(shared))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
