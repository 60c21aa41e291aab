"""What news counts: lists by length and source, and series that leave with their release."""

import asyncio

import numpy as np
import pytest

from app.metrics import leaving_releases
from app.metrics.telemetry import Telemetry
from app.news.metrics.news_metrics import NewsMetrics
from script_shared.clock import Clock
from script_shared.news.ranking.query import LiveAnswer, LiveItem


class Counted:
    """The metrics of a service that hosts news."""

    def __init__(self) -> None:
        self.telemetry = Telemetry()
        own = self.telemetry.own()
        self.news = NewsMetrics(own)
        self._releases = self.telemetry.counts_of("news", own, first=True)

    def swapped(self, old: str | None, new: str) -> None:
        self._releases.note_release(old, new, created=1, clock=Clock("data", 5000), seconds=1)

    def text(self) -> str:
        return asyncio.run(self.telemetry.render()).decode()


def answer(given: int = 10, segment: str = "logged", source: str = "ranker", **more: object) -> LiveAnswer:
    items = [LiveItem(f"a{place}", 0.5, "", "session" if place else "explored") for place in range(given)]
    return LiveAnswer(segment, source, items, degraded=[], popular=[], **more)  # type: ignore[arg-type]


def test_short_and_empty_lists_are_counted() -> None:
    counts = Counted()
    for given in (10, 3, 0):
        counts.news.answers.count_list(answer(given), "v1", asked=10, seconds=0.001)
    said = counts.text()
    assert 'pauta_recommendation_short_total{segment="logged"} 2.0' in said
    assert 'pauta_recommendation_empty_total{segment="logged"} 1.0' in said
    assert 'pauta_recommendations_total{release="v1",segment="logged",source="ranker"} 3.0' in said
    assert 'pauta_recommendation_duration_seconds_count{release="v1",segment="logged",source="ranker"} 3.0' in said


def test_items_are_counted_by_source_and_candidates_by_each_of_theirs() -> None:
    counts = Counted()
    bits = np.array([1, 3, 64], np.int16)  # trending in ten minutes; that and in the hour; by its text
    for _ in range(2):
        counts.news.answers.count_list(answer(3, candidates=bits), "v1", asked=3, seconds=0.001)
    said = counts.text()
    assert 'pauta_recommended_items_total{source="session"} 4.0' in said
    assert 'pauta_recommended_items_total{source="explored"} 2.0' in said
    assert 'pauta_recommended_items_total{source="segment"} 0.0' in said
    assert 'pauta_candidates_total{source="trending_10m"} 4.0' in said
    assert 'pauta_candidates_total{source="trending_1h"} 2.0' in said
    assert 'pauta_candidates_total{source="text"} 2.0' in said
    assert 'pauta_candidates_total{source="session"} 0.0' in said


def test_sources_of_more_answers_than_are_put_aside_are_all_counted() -> None:
    counts = Counted()
    for number in range(150):
        bits = np.array([4], np.int16) if number % 3 else None
        counts.news.answers.count_list(answer(2, candidates=bits), "v1", asked=2, seconds=0.001)
    said = counts.text()
    assert 'pauta_recommended_items_total{source="session"} 150.0' in said
    assert 'pauta_candidates_total{source="session"} 100.0' in said


def test_lists_of_a_release_leave_a_while_after_it_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counted()
    counts.swapped(None, "v1")
    counts.news.answers.count_list(answer(), "v1", asked=10, seconds=0.001)
    counts.swapped("v1", "v2")
    counts.news.answers.count_list(answer(), "v2", asked=10, seconds=0.001)
    assert 'release="v1"' in counts.text()
    monkeypatch.setattr(leaving_releases, "KEPT_SECONDS", 0.0)
    said = counts.text()
    assert 'release="v1"' not in said
    assert 'pauta_recommendations_total{release="v2",segment="logged",source="ranker"} 1.0' in said


def test_a_release_that_comes_back_before_its_series_left_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counted()
    counts.swapped(None, "v1")
    counts.news.answers.count_list(answer(), "v1", asked=10, seconds=0.001)
    counts.swapped("v1", "v2")
    counts.swapped("v2", "v1")
    monkeypatch.setattr(leaving_releases, "KEPT_SECONDS", 0.0)
    said = counts.text()
    assert 'pauta_recommendations_total{release="v1",segment="logged",source="ranker"} 1.0' in said
    assert 'release="v2"' not in said
    assert counts.telemetry.removed_releases == ["v2"]
