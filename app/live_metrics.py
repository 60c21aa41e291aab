"""Counts of the live part: events, the state folded out of them, degraded answers, and how often served lists hit."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from script_shared.news.live.served import Credit


class LiveMetrics:
    """The live part's metrics in a registry; ``app.telemetry`` has the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.events = self._counter("pauta_events", "Events taken in by kind and result.", ["kind", "result"])
        self.refused = self._counter("pauta_events_refused", "Events answered with 503 because the log was away.")
        self.log_up = self._gauge("pauta_event_log_up", "1 when the event log could be read the last time.")
        self.position = self._gauge("pauta_event_log_position", "Number of the last entry known to this process.")
        self.dropped = self._counter("pauta_served_dropped", "Served answers that the log did not keep up with.")
        self.state_bytes = self._gauge("pauta_live_state_bytes", "Memory of the live state.")
        self.state_articles = self._gauge("pauta_live_state_articles", "Articles in the live state.")
        self.state_readers = self._gauge("pauta_live_state_readers", "Readers in the live state.")
        self.degraded = self._counter("pauta_degraded_answers", "Lists answered without a part, by part.", ["part"])
        self.explored = self._counter("pauta_explored_items", "Items that were fresh articles being tried out.")
        where = ["segment", "source"]
        self.judged = self._counter("pauta_live_judged_clicks", "Clicks credited to an answer.", where)
        self.hits = self._counter("pauta_live_hits", "Of those, found in the first 10, by whom.", [*where, "by"])
        self._dropped_before = 0

    def took(self, kind: str, *, new: int, duplicates: int) -> None:
        """Count events that are durable now, or were before."""
        self.events.labels(kind, "new").inc(new)
        self.events.labels(kind, "duplicate").inc(duplicates)

    def credited(self, credit: Credit) -> None:
        """Count a click that was credited to an answer."""
        self.judged.labels(credit.segment, credit.source).inc()
        for by, hit in (("served", credit.hit), ("popularity_1h", credit.popular_hit)):
            self.hits.labels(credit.segment, credit.source, by).inc(int(hit))

    def follow(self, *, up: bool, position: int, dropped: int) -> None:
        """Note where the log stands; ``dropped`` is the number ever dropped by this process."""
        self.log_up.set(int(up))
        self.position.set(position)
        self.dropped.inc(dropped - self._dropped_before)
        self._dropped_before = dropped

    def state(self, sizes: dict[str, int]) -> None:
        """Note how large the live state is."""
        self.state_bytes.set(sizes["bytes"])
        self.state_articles.set(sizes["articles"])
        self.state_readers.set(sizes["readers"])

    def _counter(self, name: str, text: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"{name}_total", text, labels or [], registry=self._registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        mode = "livemin" if name.endswith("_up") else "livemax"
        return Gauge(name, text, registry=self._registry, multiprocess_mode=mode)  # type: ignore[arg-type]
