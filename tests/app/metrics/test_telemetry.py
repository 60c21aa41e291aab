"""The metrics: all documented, no other documented; series of a release leave with it."""

import asyncio
import re

import numpy as np
import pytest

from app.metrics import release_metrics, telemetry
from app.metrics.telemetry import Telemetry
from script_shared.clock import Clock
from script_shared.news.ranking.query import LiveAnswer, LiveItem

DOCUMENTED = dict(re.findall(r"^(pauta_\w+) +(counter|gauge|histogram) ", telemetry.__doc__ or "", re.M))


def exported() -> dict[str, str]:
    """Names as they are in ``/metrics``, and kinds."""
    return {
        metric.name + ("_total" if metric.type == "counter" else ""): metric.type
        for metric in Telemetry().collect()
        if metric.name.startswith("pauta_")
    }


def text(counts: Telemetry) -> str:
    return asyncio.run(counts.render()).decode()


def answer(given: int = 10, segment: str = "logged", source: str = "ranker", **more: object) -> LiveAnswer:
    items = [LiveItem(f"a{place}", 0.5, "", "session" if place else "explored") for place in range(given)]
    return LiveAnswer(segment, source, items, degraded=[], popular=[], **more)  # type: ignore[arg-type]


def swapped(counts: Telemetry, old: str | None, new: str) -> None:
    counts.releases.swapped(old, new, created=1, clock=Clock("data", 5000), seconds=1)


def test_every_metric_is_documented_and_no_other_is() -> None:
    assert exported() == DOCUMENTED


def test_every_metric_says_what_it_is() -> None:
    for metric in Telemetry().collect():
        assert metric.documentation


def test_two_services_in_one_process_do_not_share_counts() -> None:
    first, second = Telemetry(), Telemetry()
    first.answers.answered("/health", "GET", 200, 0.001)
    assert 'route="/health"' in text(first)
    assert 'route="/health"' not in text(second)


def test_short_and_empty_lists_are_counted() -> None:
    counts = Telemetry()
    for given in (10, 3, 0):
        counts.answers.recommended(answer(given), "v1", asked=10, seconds=0.001)
    said = text(counts)
    assert 'pauta_recommendation_short_total{segment="logged"} 2.0' in said
    assert 'pauta_recommendation_empty_total{segment="logged"} 1.0' in said
    assert 'pauta_recommendations_total{release="v1",segment="logged",source="ranker"} 3.0' in said
    assert 'pauta_recommendation_duration_seconds_count{release="v1",segment="logged",source="ranker"} 3.0' in said


def test_items_are_counted_by_source_and_candidates_by_each_of_theirs() -> None:
    counts = Telemetry()
    bits = np.array([1, 3, 64], np.int16)  # trending in ten minutes; that and in the hour; by its text
    for _ in range(2):
        counts.answers.recommended(answer(3, candidates=bits), "v1", asked=3, seconds=0.001)
    said = text(counts)
    assert 'pauta_recommended_items_total{source="session"} 4.0' in said
    assert 'pauta_recommended_items_total{source="explored"} 2.0' in said
    assert 'pauta_recommended_items_total{source="segment"} 0.0' in said
    assert 'pauta_candidates_total{source="trending_10m"} 4.0' in said
    assert 'pauta_candidates_total{source="trending_1h"} 2.0' in said
    assert 'pauta_candidates_total{source="text"} 2.0' in said
    assert 'pauta_candidates_total{source="session"} 0.0' in said


def test_sources_of_more_answers_than_are_put_aside_are_all_counted() -> None:
    counts = Telemetry()
    for number in range(150):
        bits = np.array([4], np.int16) if number % 3 else None
        counts.answers.recommended(answer(2, candidates=bits), "v1", asked=2, seconds=0.001)
    said = text(counts)
    assert 'pauta_recommended_items_total{source="session"} 150.0' in said
    assert 'pauta_candidates_total{source="session"} 100.0' in said


def test_a_release_that_left_is_no_longer_the_one_in_service() -> None:
    counts = Telemetry()
    swapped(counts, None, "v1")
    swapped(counts, "v1", "v2")
    said = text(counts)
    assert 'pauta_release_info{release="v1"} 0.0' in said
    assert 'pauta_release_info{release="v2"} 1.0' in said


def test_every_series_of_a_release_leaves_a_while_after_it_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Telemetry()
    swapped(counts, None, "v1")
    counts.answers.recommended(answer(), "v1", asked=10, seconds=0.001)
    swapped(counts, "v1", "v2")
    counts.answers.recommended(answer(), "v2", asked=10, seconds=0.001)
    assert 'release="v1"' in text(counts)
    monkeypatch.setattr(release_metrics, "KEPT_SECONDS", 0.0)
    said = text(counts)
    assert 'release="v1"' not in said
    assert 'pauta_recommendations_total{release="v2",segment="logged",source="ranker"} 1.0' in said


def test_a_release_that_comes_back_before_its_series_left_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Telemetry()
    swapped(counts, None, "v1")
    counts.answers.recommended(answer(), "v1", asked=10, seconds=0.001)
    swapped(counts, "v1", "v2")
    swapped(counts, "v2", "v1")
    monkeypatch.setattr(release_metrics, "KEPT_SECONDS", 0.0)
    said = text(counts)
    assert 'pauta_recommendations_total{release="v1",segment="logged",source="ranker"} 1.0' in said
    assert 'release="v2"' not in said
    assert counts.releases.removed == ["v2"]


def test_the_clock_of_the_release_is_shown() -> None:
    counts = Telemetry()
    swapped(counts, None, "v1")
    said = text(counts)
    assert 'pauta_clock_mode{mode="data"} 1.0' in said
    assert 'pauta_clock_mode{mode="wall"} 0.0' in said
    assert "pauta_clock_timestamp_seconds 5.0" in said


def test_those_who_ask_while_metrics_are_written_share_the_next_text(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Telemetry()
    written: list[int] = []

    async def write() -> bytes:
        written.append(len(written))
        for _ in range(5):  # meanwhile the others ask
            await asyncio.sleep(0)
        return str(len(written)).encode()

    async def ask() -> list[bytes]:
        first = asyncio.create_task(counts.render())
        await asyncio.sleep(0)
        return [*await asyncio.gather(first, *(counts.render() for _ in range(50))), await counts.render()]

    monkeypatch.setattr(counts, "_write", write)
    assert asyncio.run(ask()) == [b"1", *[b"2"] * 50, b"3"]
