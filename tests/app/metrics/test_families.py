"""The counts of several workers become one: counters add up over the dead too, gauges are of the living."""

import orjson
from prometheus_client.samples import Exemplar

from app.metrics.families import Family, Sample, WorkerCounts, fold_dead, merge_families


def snapshot(*families: Family, removed: tuple[str, ...] = ()) -> WorkerCounts:
    return WorkerCounts(list(families), removed=list(removed))


def counter(value: float, name: str = "seen", **labels: str) -> Family:
    return Family(name, "counter", "Seen.", [Sample(f"{name}_total", labels, value)])


def gauge(value: float, name: str = "pauta_live_state_bytes", **labels: str) -> Family:
    return Family(name, "gauge", "Now.", [Sample(name, labels, value)])


def value(families: list[Family], name: str, **labels: str) -> float:
    (found,) = [sample.value for each in families for sample in each.samples if sample[:2] == (name, labels)]
    return found


def test_counters_add_up_over_the_living_and_the_dead():
    together = merge_families([snapshot(counter(1)), snapshot(counter(2))], [snapshot(counter(4))])
    assert value(together, "seen_total") == 7


def test_the_parts_of_a_histogram_add_up_one_by_one():
    parts = [("_bucket", {"le": "1"}, 1.0), ("_bucket", {"le": "+Inf"}, 3.0), ("_sum", {}, 9.0), ("_count", {}, 3.0)]
    took = Family("took", "histogram", "", [Sample(f"took{end}", labels, number) for end, labels, number in parts])
    together = merge_families([snapshot(took), snapshot(took)], [])
    assert [sample.value for sample in together[0].samples] == [2, 6, 18, 6]


def test_gauges_of_the_dead_do_not_count_and_those_of_the_living_are_read_by_their_meaning():
    assert (
        value(merge_families([snapshot(gauge(1)), snapshot(gauge(3))], [snapshot(gauge(9))]), "pauta_live_state_bytes")
        == 3
    )
    for name, expected in (("pauta_ready", 1), ("pauta_disk_free_ratio", 1), ("pauta_workers", 4)):
        assert value(merge_families([snapshot(gauge(1, name)), snapshot(gauge(3, name))], []), name) == expected


def test_a_use_case_says_how_its_gauges_become_one():
    snapshots = [snapshot(gauge(1, "pauta_loans_queue")), snapshot(gauge(3, "pauta_loans_queue"))]
    assert value(merge_families(snapshots, [], {"pauta_loans_queue": sum}), "pauta_loans_queue") == 4
    assert value(merge_families(snapshots, []), "pauta_loans_queue") == 3


def test_a_release_that_one_worker_removed_is_shown_by_none():
    info = gauge(0, "pauta_release_info", release="v1")
    here, there = snapshot(info, counter(5, release="v1")), snapshot(counter(5, release="v2"), removed=("v1",))
    together = merge_families([here, there], [])
    assert {sample.labels.get("release") for family in together for sample in family.samples} == {"v2"}


def test_the_dead_no_longer_count_for_releases_that_no_living_worker_knows():
    together = merge_families([snapshot(counter(1, release="v2"))], [snapshot(counter(5, release="v1"), counter(2))])
    assert {sample.labels.get("release") for family in together for sample in family.samples} == {"v2", None}


def test_folding_keeps_the_counts_of_the_dead_and_nothing_of_the_living():
    kept = fold_dead([snapshot(counter(1), gauge(1))], [snapshot(counter(4), gauge(4)), snapshot(counter(5))])
    assert [(family.name, [sample.value for sample in family.samples]) for family in kept] == [("seen", [9])]


def test_the_newest_exemplar_of_several_processes_is_shown_and_survives_the_way_through_a_file():
    def took(trace: str, at: float) -> WorkerCounts:
        exemplar = Exemplar({"trace_id": trace}, 0.004, at) if trace else None
        return snapshot(Family("took", "histogram", "", [Sample("took_bucket", {"le": "1"}, 1, exemplar)]))

    written = orjson.dumps(took("b", 2.0), default=list)
    together = merge_families([took("a", 1.0), took("", 0.0)], [WorkerCounts.of(orjson.loads(written))])
    (sample,) = together[0].samples
    assert sample == Sample("took_bucket", {"le": "1"}, 3, Exemplar({"trace_id": "b"}, 0.004, 2.0))
    (shown,) = together[0].metric().samples
    assert shown.exemplar == Exemplar({"trace_id": "b"}, 0.004, 2.0)
