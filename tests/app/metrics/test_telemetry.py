"""The metrics: all documented, no other documented; series of a release leave with it."""

import asyncio
import re

import pytest

from app.metrics import telemetry
from app.metrics.telemetry import Telemetry
from app.metrics.use_case_metrics import ReleaseCounts
from app.news.metrics import news_metrics
from script_shared.clock import Clock
from tests.app.exported import exported_metrics

TABLES = f"{telemetry.__doc__}\n{news_metrics.__doc__}"
DOCUMENTED = dict(re.findall(r"^(pauta_\w+) +(counter|gauge|histogram) ", TABLES, re.M))


def exported() -> dict[str, str]:
    """Names as they are in ``/metrics``, and kinds."""
    return {
        metric.name + ("_total" if metric.type == "counter" else ""): metric.type
        for metric in exported_metrics()
        if metric.name.startswith("pauta_")
    }


def text(counts: Telemetry) -> str:
    return asyncio.run(counts.render()).decode()


def swapped(releases: ReleaseCounts, old: str | None, new: str) -> None:
    releases.note_release(old, new, created=1, clock=Clock("data", 5000), seconds=1)


def test_every_metric_is_documented_and_no_other_is() -> None:
    assert exported() == DOCUMENTED


def test_every_metric_says_what_it_is() -> None:
    for metric in exported_metrics():
        assert metric.documentation


def test_two_services_in_one_process_do_not_share_counts() -> None:
    first, second = Telemetry(), Telemetry()
    first.http.count_request("/health", "GET", 200, 0.001)
    assert 'route="/health"' in text(first)
    assert 'route="/health"' not in text(second)


def test_a_release_that_left_is_no_longer_the_one_in_service() -> None:
    counts = Telemetry()
    releases = counts.counts_of("news", first=True)
    swapped(releases, None, "v1")
    swapped(releases, "v1", "v2")
    said = text(counts)
    assert 'pauta_release_info{release="v1"} 0.0' in said
    assert 'pauta_release_info{release="v2"} 1.0' in said


def test_the_clock_of_the_release_is_shown() -> None:
    counts = Telemetry()
    swapped(counts.counts_of("news", first=True), None, "v1")
    said = text(counts)
    assert 'pauta_clock_mode{mode="data"} 1.0' in said
    assert 'pauta_clock_mode{mode="wall"} 0.0' in said
    assert "pauta_clock_timestamp_seconds 5.0" in said


def test_only_the_first_use_case_counts_under_the_names_without_one() -> None:
    counts = Telemetry()
    first, second = counts.counts_of("loans", first=True), counts.counts_of("news")
    swapped(second, None, "v2")
    assert "pauta_ready 0.0" in text(counts)
    swapped(first, None, "v1")
    said = text(counts)
    assert "pauta_ready 1.0" in said
    assert 'pauta_release_info{release="v1"} 1.0' in said
    assert 'release="v2"' not in said


def test_series_of_a_use_case_leave_with_its_release_unless_another_one_has_that_name_in_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts, left = Telemetry(), list[str]()
    own = counts.own()
    own.leaving.append(left.append)
    releases, others = counts.counts_of("loans", own), counts.counts_of("news")
    swapped(releases, None, "v1")
    swapped(releases, "v1", "v2")
    swapped(releases, "v2", "v3")
    swapped(others, None, "v2")
    monkeypatch.setattr("app.metrics.leaving_releases.KEPT_SECONDS", 0.0)
    text(counts)
    assert left == ["v1", "v2"]
    assert counts.removed_releases == ["v1"]
