"""Lists: counted on every request, so that each count costs about a microsecond.

Series are looked up by their labels once and kept; those that can be named beforehand begin at 0, so that their first
increase is seen. What is counted many times per list (items, candidates) is added up in plain numbers and handed over
when somebody looks.
"""

from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from script_shared.arrays import IntArray
from script_shared.news.ranking.candidates import Source
from script_shared.news.ranking.query import LiveAnswer
from script_shared.news.segments import SEGMENT_NAMES

LIST_BUCKETS = (0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.25)
ALL_BITS = 2 * max(Source)
_NONE = np.zeros(0, np.int16)
TOGETHER = 64  # answers whose sources are counted at once: numpy's calls cost more than their work
PARTS = (
    "event_log", "live_state", "live_state_stale", "live_snapshot", "ranker", "segment_model", "live_ranking", "texts",
    "exploration", "reasons", "rules", "experiment",
)  # fmt: skip


class _Bound(NamedTuple):
    """Two series with their labels."""

    number: Counter
    seconds: Histogram


class AnswerMetrics:
    """Metrics of answers, in a registry; ``app.news.metrics.news_metrics`` has the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        where = ("segment", "source", "release")
        self.lists = self._counter("pauta_recommendations", "Lists answered by segment, source and release.", *where)
        self.list_seconds = self._histogram(
            "pauta_recommendation_duration_seconds", "Time one list took.", LIST_BUCKETS, *where
        )
        self.empty = self._counter("pauta_recommendation_empty", "Lists with no item at all.", "segment")
        self.short = self._counter("pauta_recommendation_short", "Lists with fewer items than asked.", "segment")
        self.degraded = self._counter("pauta_degraded_answers", "Lists answered without a part, by part.", "part")
        for segment in SEGMENT_NAMES:
            self.empty.labels(segment)
            self.short.labels(segment)
        for part in PARTS:
            self.degraded.labels(part)
        self._sources = _Sources()
        registry.register(self._sources)
        self._of_list: dict[tuple[str, str, str], _Bound] = {}

    def count_list(self, answer: LiveAnswer, release: str, *, asked: int, seconds: float) -> None:
        """Count one list for which ``asked`` items were requested."""
        bound = self._of_list.get((answer.segment, answer.source, release))
        if bound is None:
            labels = (answer.segment, answer.source, release)
            bound = self._of_list[labels] = _Bound(self.lists.labels(*labels), self.list_seconds.labels(*labels))
        bound.number.inc()
        bound.seconds.observe(seconds)
        given = len(answer.items)
        if given < asked:
            self.short.labels(answer.segment).inc()
            if given == 0:
                self.empty.labels(answer.segment).inc()
        for part in answer.degraded:
            self.degraded.labels(part).inc()
        self._sources.add([item.source for item in answer.items], answer.candidates)

    def remove_release(self, release: str) -> None:
        """Let the series of a release leave."""
        for labels in [labels for labels in list(self._of_list) if labels[2] == release]:
            del self._of_list[labels]
            self.lists.remove(*labels)
            self.list_seconds.remove(*labels)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"{name}_total", text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(name, text, labels, buckets=buckets, registry=self._registry)


class _Sources(Collector):
    """Sources of items and candidates; those of several answers are collected and counted together."""

    def __init__(self) -> None:
        self._items: Tally[str] = Tally(dict.fromkeys(["segment", "explored", *_NAMES.values()], 0))
        self._bits: IntArray = np.zeros(ALL_BITS, np.int64)  # candidates by all the sources that brought them
        self._names: list[str] = []
        self._candidates: list[IntArray] = []
        self._lock = Lock()

    def add(self, names: list[str], candidates: IntArray | None) -> None:
        """Items of one answer by their source, and the bits of the sources of its candidates."""
        with self._lock:  # a scrape may count in another thread
            self._names += names
            self._candidates.append(_NONE if candidates is None else candidates)
            if len(self._candidates) >= TOGETHER:
                self._count()

    def _count(self) -> None:
        self._items.update(self._names)
        if self._candidates:
            self._bits += np.bincount(np.concatenate(self._candidates), minlength=ALL_BITS)
        self._names, self._candidates = [], []

    def collect(self) -> Iterator[CounterMetricFamily]:
        with self._lock:
            self._count()
        items = CounterMetricFamily("pauta_recommended_items", "Items of lists, by source.", labels=["source"])
        for name, count in list(self._items.items()):
            items.add_metric([name], count)
        ranked = CounterMetricFamily("pauta_candidates", "Articles ranked for a list, by source.", labels=["source"])
        for source, name in _NAMES.items():
            ranked.add_metric([name], int(self._bits[np.arange(ALL_BITS) & source > 0].sum()))
        yield from (items, ranked)


_NAMES: dict[Source, str] = {source: str(source.name).lower() for source in Source}
