"""How much a source of clicks may add, and how long that is remembered."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS
from script_shared.events import Kind
from script_shared.news.counting import windows
from script_shared.news.counting.decay import Decay
from script_shared.news.params import TrustParams
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_time import TURNS
from script_shared.news.state.trust import (
    ALL,
    LEAST_USUAL,
    Everybody,
    Sources,
    allowance,
    left_of_hour,
    network_source,
)
from tests.script_shared.news import events_made
from tests.script_shared.news.crowd import click, crowd, crowd_params
from tests.script_shared.news.events_made import START_MS, STREAMS, small_params


def sources_of() -> Sources:
    """Sources before the first click."""
    decay = Decay(list(windows.HALF_LIVES_HOURS.values()))
    decay.landmarks = [START_MS] * len(decay)
    return Sources(TrustParams(), decay)


def believe(sources: Sources, number: int, others: Everybody, *, nameless: bool = False) -> float:
    """The weight of a click by a new user, or without a user."""
    return sources.believe(number, others, START_MS, new=not nameless, nameless=nameless, network=ALL, most=1.0)


def test_the_limit_for_clicks_without_a_user_applies_to_all_articles_together() -> None:
    state = crowd(nameless=1)
    assert sum(state.fold([click("", f"a{n % 100}", state) for n in range(200)])) < 50  # 145 with one limit per article


@pytest.mark.parametrize("nameless", [True, False])
def test_the_limit_for_made_up_users_applies_to_all_articles_together(nameless: bool) -> None:
    sources = sources_of()
    others = Everybody(0.0, 0.0, 100.0, 100.0, 1_000.0)
    counted = sum(believe(sources, number, others, nameless=nameless) for number in range(200))
    assert 1 < counted <= allowance(100.0, LEAST_USUAL, sources.params.alone, sources.params.above_usual)


def test_the_count_of_a_source_follows_its_article_to_a_new_number() -> None:
    sources = sources_of()
    others = Everybody(0.0, 0.0, 1e6, 1e6, 1e6)
    assert sum(believe(sources, 7, others) for _ in range(50)) < 3
    assert believe(sources, 7, others) < 0.01
    before = len(sources)
    new = np.full(10, -1)
    new[7] = 2
    sources.renumber(new)
    assert len(sources) == before
    assert believe(sources, 2, others) < 0.01  # the article that was 7
    assert believe(sources, 7, others) == 1  # another one
    sources.renumber(np.full(10, -1))
    assert len(sources) == 1  # the count of all articles


def test_after_time_turned_back_small_counts_are_forgotten_within_the_hour() -> None:
    state = LiveState(crowd_params())
    late = LiveEvent(kind=Kind.CLICK, article="a1", time_ms=START_MS + 100 * HOUR_MS)
    state.fold([replace(late, user=f"u{n}", network=f"{n:08x}") for n in range(50)])
    assert len(state.sources) > 50
    state.fold([replace(late, user=f"v{n}", time_ms=START_MS) for n in range(TURNS)])
    assert state.time.turned == 1
    state.fold([replace(late, user="w", time_ms=START_MS + 50 * HOUR_MS)])
    assert len(state.sources) <= 3


@settings(max_examples=60, deadline=None)
@given(STREAMS)
def test_a_users_second_click_on_an_article_adds_nothing_and_no_click_more_than_one(events: list[LiveEvent]) -> None:
    state, seen = LiveState(small_params(readers=100)), set()
    for event, weight in zip(events, state.fold(events), strict=True):
        assert 0.0 <= weight <= (1.0 if event.kind == Kind.CLICK else 0.0)
        name = event.user or event.session
        if event.kind == Kind.CLICK and name:
            assert not (weight and (name, event.article) in seen)
            seen.add((name, event.article))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 600)), max_size=200), st.floats(1, 30))
def test_the_weight_that_a_user_adds_per_hour_is_bounded(clicks: list[tuple[int, int]], limit: float) -> None:
    trust = TrustParams(clicks_per_hour=limit, new_clicks_per_hour=limit)
    state = LiveState(small_params(trust, readers=100, articles=600, known_articles=2_000, reads_per_reader=1_000))
    clicks.sort(key=lambda each: each[1])
    weights = state.fold([events_made.click("u", f"a{article}", minute) for article, minute in clicks])
    for begin in range(0, 600, 30):
        hour = [w for w, (_, minute) in zip(weights, clicks, strict=True) if begin <= minute < begin + 60]
        assert sum(hour) <= 2 * limit + 1e-6


def test_of_twenty_clicks_at_once_the_hourly_number_counts_also_for_the_first_user() -> None:
    state = LiveState(small_params(TrustParams(clicks_per_hour=5), articles=64, known_articles=100))
    for user in ("first", "second"):
        clicks = [events_made.click(user, f"a{article}", proof="signed") for article in range(20)]
        assert state.fold(clicks) == [1.0] * 5 + [0.0] * 15


def test_the_weight_of_a_user_is_forgotten_at_the_hourly_rate() -> None:
    assert left_of_hour(20.0, HOUR_MS, 20.0) == (20.0, 0.0)
    assert left_of_hour(0.0, 0.0, 10.0) == (10.0, 0.0)
    assert left_of_hour(15.0, HOUR_MS / 2, 20.0) == (15.0, 5.0)


def test_the_counts_of_networks_are_bounded_and_forgotten() -> None:
    state = LiveState(crowd_params(networks=100))
    for n in range(2_000):
        event = events_made.click(f"u{n}", f"a{n % 50}", n, network=f"{n:08x}")
        state.fold([event])
        assert len(state.sources) <= 2 * 100
    state.fold([events_made.click("late", "a1", 6000, network="0a000001")])
    assert len(state.sources) <= 3


def test_a_network_is_a_source_and_other_text_is_not() -> None:
    assert network_source("") == network_source("no hex") == ALL
    assert network_source("0a000001") != network_source("0a000002")
