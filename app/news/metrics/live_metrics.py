"""Counts of the live part: events, the log, the state folded out of it, and how often served lists hit."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge

from app.experiments.experiment_metrics import ExperimentMetrics
from app.news.metrics.hit_history import HitHistory
from script_shared.events.following.lag import Lag
from script_shared.news.serving.answer_credits import CUTOFF, Credit

KINDS = ("click", "impression")
REFUSED = ("malformed", "too_large", "hung_up", "not_signed", "out_of_time", "log_away", "no_release")


class LiveMetrics:
    """The live part's metrics in a registry; ``app.news.metrics.news_metrics`` has the table."""

    def __init__(self, registry: CollectorRegistry, experiments: ExperimentMetrics) -> None:
        self._registry, self._experiments = registry, experiments
        events = self._counter("pauta_events", "Events taken in by kind and result.", ["kind", "result"])
        self.new = {kind: events.labels(kind, "new") for kind in KINDS}
        self.duplicate = {kind: events.labels(kind, "duplicate") for kind in KINDS}
        refused = self._counter("pauta_events_refused", "Events refused, by reason.", ["reason"])
        self._refused = {reason: refused.labels(reason) for reason in REFUSED}
        self.log_up = self._gauge("pauta_event_log_up", "1 when the event log could be read and written the last time.")
        self.position = self._gauge("pauta_event_log_position", "Number of the last entry known to this process.")
        self.lag_entries = self._gauge("pauta_event_log_lag_entries", "Entries of the log not known here yet.")
        self.lag_seconds = self._gauge("pauta_event_log_lag_seconds", "Time since the log was read to its end.")
        self.pending = self._gauge("pauta_event_log_pending_entries", "Entries that wait to be written.")
        self.dropped = self._counter("pauta_served_dropped", "Served answers that the log did not keep up with.")
        self.state_bytes = self._gauge("pauta_live_state_bytes", "Memory of the live state.")
        self.state_articles = self._gauge("pauta_live_state_articles", "Articles in the live state.")
        self.state_readers = self._gauge("pauta_live_state_readers", "Users in the live state.")
        where = ["segment", "source"]
        self.judged = self._counter("pauta_live_judged_clicks", "Clicks credited to an answer.", where)
        self.hits = self._counter("pauta_live_hits", "Of those, found in the first 10, by whom.", [*where, "by"])
        self.brought = self._counter("pauta_live_item_hits", "Clicks in the first 10, by what brought them.", where)
        self.hit_history = HitHistory()
        self._dropped_before = 0

    def took(self, kind: str, *, new: int, duplicates: int) -> None:
        """Count events that are durable now, or were before."""
        if new:
            self.new[kind].inc(new)
        if duplicates:
            self.duplicate[kind].inc(duplicates)

    def count_refused(self, reason: str, events: int) -> None:
        """Count refused events by one of the reasons in ``REFUSED``."""
        self._refused[reason].inc(events)

    def count_credit(self, credit: Credit) -> None:
        """Count a click that was credited to an answer."""
        self.hit_history.add(credit)
        self.judged.labels(credit.segment, credit.source).inc()
        for by, hit in (("served", credit.hit), ("popularity_1h", credit.popular_hit)):
            self.hits.labels(credit.segment, credit.source, by).inc(int(hit))
        if credit.hit:
            self.brought.labels(credit.segment, credit.brought).inc()
        if credit.marks:
            self._experiments.count_click(credit.marks, credit.article_id, credit.place, CUTOFF)

    def follow(self, lag: Lag, stale_seconds: Callable[[], float]) -> None:
        """Export from now on the position of a process in the log."""
        self.log_up.set_function(lambda: float(not (lag.error or lag.write_error)))
        self.position.set_function(lambda: lag.applied)
        self.pending.set_function(lambda: lag.pending)
        self.lag_seconds.set_function(stale_seconds)

    def behind(self, *, entries: int) -> None:
        """Note how many entries of the log are not known yet."""
        self.lag_entries.set(entries)

    def note_dropped(self, dropped: int) -> None:
        """Note the number of served answers ever dropped by this process."""
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
        return Gauge(name, text, registry=self._registry)
