"""Metrics as plain values: the counters of one worker process, and the sum over several."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, NamedTuple

from prometheus_client import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

from app.metrics.own_metrics import Across

ADDED_UP = ("counter", "histogram")  # over the living and the dead; gauges are of the living alone
GAUGES: dict[str, Across] = {  # of the host, over several workers; the greatest where not named
    "pauta_ready": min,
    "pauta_release_store_up": min,
    "pauta_use_case_ready": min,
    "pauta_use_case_release_store_up": min,
    "pauta_disk_free_ratio": min,
    "pauta_workers": sum,
    "process_resident_memory_bytes": sum,
    "process_virtual_memory_bytes": sum,
    "process_open_fds": sum,
    "process_start_time_seconds": min,
}


class Sample(NamedTuple):
    """One value of a metric."""

    name: str
    labels: dict[str, str]
    value: float
    exemplar: Exemplar | None = None


@dataclass
class Family:
    """A metric and its values."""

    name: str
    kind: str
    text: str
    samples: list[Sample] = field(default_factory=list)

    def metric(self) -> Metric:
        """As the client library writes it."""
        metric = Metric(self.name, self.text, self.kind)
        for sample in self.samples:
            metric.add_sample(sample.name, sample.labels, sample.value, exemplar=sample.exemplar)
        return metric


@dataclass
class WorkerCounts:
    """The counters of one worker, or the sum over several dead ones.

    Attributes:
        removed: releases whose series have left there.
        names: files of dead workers whose counts are in these.
    """

    families: list[Family] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, content: dict[str, Any]) -> "WorkerCounts":
        """Out of what was written as JSON, where what is no number is null."""
        families = [
            Family(
                family["name"],
                family["kind"],
                family["text"],
                [_sample(*sample) for sample in family["samples"]],
            )
            for family in content["families"]
        ]
        return cls(families, content["removed"], content["names"])

    def releases(self) -> set[str]:
        """Those that any series names."""
        return {sample.labels["release"] for sample in self if "release" in sample.labels}

    def __iter__(self) -> Iterator[Sample]:
        return (sample for family in self.families for sample in family.samples)


class FamilyCollector(Collector):
    """Families as the client library's writer takes them."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return (family.metric() for family in self._families)


def families_of(collector: Collector) -> list[Family]:
    """The current values of a registry or a part of it."""
    return [
        Family(
            metric.name,
            metric.type,
            metric.documentation,
            [Sample(each.name, each.labels, each.value, each.exemplar) for each in metric.samples],
        )
        for metric in collector.collect()
    ]


def _sample(name: str, labels: dict[str, str], value: float | None, exemplar: list[Any] | None) -> Sample:
    return Sample(name, labels, nan if value is None else value, Exemplar(*exemplar) if exemplar else None)


def merge_families(
    living: Sequence[WorkerCounts], dead: Sequence[WorkerCounts], across: Mapping[str, Across] = GAUGES
) -> list[Family]:
    """Everybody's values as one.

    Args:
        across: how gauges of several workers become one value, by name; the greatest where not named.

    A series of a release is there while a living worker knows the release and none has removed it: were it to shrink
    from worker to worker, its counters would seem to have started again.
    """
    everybody = [(snapshot, True) for snapshot in living] + [(snapshot, False) for snapshot in dead]
    return _add_up(_LiveReleases(living), everybody, across)


def fold_dead(living: Sequence[WorkerCounts], dead: Sequence[WorkerCounts]) -> list[Family]:
    """The counts of the dead, without those of releases that have left."""
    return [
        family
        for family in _add_up(_LiveReleases(living), [(snapshot, False) for snapshot in dead], {})
        if family.samples
    ]


class _LiveReleases:
    """Whether a sample may be shown, by what living workers say of its release."""

    def __init__(self, living: Sequence[WorkerCounts]) -> None:
        known = set().union(*(snapshot.releases() for snapshot in living))
        self._releases = known.difference(*(snapshot.removed for snapshot in living))

    def __call__(self, sample: Sample) -> bool:
        return "release" not in sample.labels or sample.labels["release"] in self._releases


def _add_up(
    shown: _LiveReleases, snapshots: Sequence[tuple[WorkerCounts, bool]], across: Mapping[str, Across]
) -> list[Family]:
    families: dict[str, Family] = {}
    values: dict[str, dict[tuple[str, frozenset[tuple[str, str]]], list[Sample]]] = {}
    for snapshot, alive in snapshots:
        for family in snapshot.families:
            families.setdefault(family.name, Family(family.name, family.kind, family.text))
            if alive or family.kind in ADDED_UP:
                kept = values.setdefault(family.name, {})
                for sample in filter(shown, family.samples):
                    kept.setdefault((sample.name, frozenset(sample.labels.items())), []).append(sample)
    for name, family in families.items():
        add = sum if family.kind in ADDED_UP else across.get(name, max)
        for same in values.get(name, {}).values():
            value = add([sample.value for sample in same])
            family.samples.append(same[0]._replace(value=value, exemplar=_newest(same)))
    return list(families.values())


def _newest(samples: Sequence[Sample]) -> Exemplar | None:
    """The newest exemplar of several processes."""
    found = [sample.exemplar for sample in samples if sample.exemplar is not None]
    return max(found, key=lambda exemplar: exemplar.timestamp or 0.0, default=None)
