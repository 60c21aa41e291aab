"""Clicks that nobody should believe move next to nothing, and clicks of a real crowd all count."""

from dataclasses import replace
from pathlib import Path

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
from script_shared.news.state.state_io import load_state, save_state
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
from tests.script_shared.news.crowd import click, crowd, crowd_clicks, crowd_params, ranking
from tests.script_shared.news.events_made import START_MS, STREAMS, small_params

OFF = {  # what makes every click count as it did before, but for the second of one user
    "clicks_per_hour": 1e9,
    "new_clicks_per_hour": 1e9,
    "alone": 1e9,
    "nameless": 1,
    "unproven": 1,
    "unproven_shown": 60_000,
    "label_users": 1,
}
PLACE = 80  # place 81


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crowd")
    save_state(crowd(), folder)
    return folder


@pytest.fixture
def state(saved: Path) -> LiveState:
    return load_state(saved, crowd_params())


def sources_of() -> Sources:
    """Nobody has clicked yet."""
    decay = Decay(list(windows.HALF_LIVES_HOURS.values()))
    decay.landmarks = [START_MS] * len(decay)
    return Sources(TrustParams(), decay)


def believe(sources: Sources, number: int, others: Everybody, *, nameless: bool = False) -> float:
    """The weight of a new user's click, or of one that names nobody."""
    return sources.believe(number, others, START_MS, new=not nameless, nameless=nameless, network=ALL, most=1.0)


def lifted(state: LiveState, events: list[LiveEvent], article: str) -> int:
    """The article's place, from 0, after some more events."""
    state.fold(events)
    return ranking(state).index(article)


def test_200_made_up_users_do_not_bring_place_81_into_the_first_ten(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state, network="0a000001") for n in range(200)], victim) >= 10


def test_without_a_network_they_do_not_either(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state) for n in range(200)], victim) >= 10


def test_1000_made_up_users_move_an_article_no_further_than_200(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    few = lifted(state, [click(f"fake{n}", victim, state) for n in range(200)], victim)
    assert lifted(state, [click(f"more{n}", victim, state) for n in range(800)], victim) == few


def test_made_up_users_carried_the_article_to_the_top_when_every_click_was_believed() -> None:
    state = crowd(**OFF)
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state) for n in range(200)], victim) == 0


def test_200_clicks_of_one_user_move_an_article_as_far_as_one(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    one = lifted(state, [click("pixel", victim, state)], victim)
    assert lifted(state, [click("pixel", victim, state) for _ in range(200)], victim) == one


def test_200_clicks_without_user_and_session_do_not_reach_the_first_ten(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    assert lifted(state, [click("", victim, state) for _ in range(200)], victim) >= 10


def test_200_clicks_on_as_many_articles_count_as_much_in_all_as_the_others_let_expect() -> None:
    state = crowd(nameless=1)
    assert sum(state.fold([click("", f"a{n % 100}", state) for n in range(200)])) < 50  # and 145 if each alone did


@pytest.mark.parametrize("nameless", [True, False])
def test_200_made_up_users_with_an_article_each_count_as_much_in_all_as_the_others_let_expect(nameless: bool) -> None:
    sources = sources_of()
    others = Everybody(0.0, 0.0, 100.0, 100.0, 1_000.0)
    counted = sum(believe(sources, number, others, nameless=nameless) for number in range(200))
    assert 1 < counted <= allowance(100.0, LEAST_USUAL, sources.params.alone, sources.params.above_usual)


def test_what_a_source_added_follows_its_article_to_a_new_number() -> None:
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


def test_users_who_were_made_up_a_day_ago_are_held_back_by_their_network(state: LiveState) -> None:
    state.fold([click(f"fake{n}", f"a{n % 90}", state, network="0a000001") for n in range(200)])
    later = [
        replace(event, time_ms=event.time_ms + 24 * HOUR_MS, network=f"{n % 997:08x}")
        for n, event in enumerate(replace(event, user=f"{event.user} again") for event in crowd_clicks(8))
    ]
    state.fold(later)
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state, network="0a000001") for n in range(200)], victim) >= 10


def test_a_story_that_everybody_reads_gets_all_its_clicks(state: LiveState) -> None:
    people = [f"person{n}" if n % 2 else f"first time {n}" for n in range(300)]
    beliefs = state.fold([click(user, "breaking", state) for user in people])
    assert sum(beliefs) > 0.97 * len(people)
    assert ranking(state)[0] == "breaking"


def test_new_users_from_many_networks_are_believed_and_from_one_they_are_not(state: LiveState) -> None:
    many = state.fold([click(f"many{n}", "breaking", state, network=f"{n:08x}") for n in range(300)])
    one = state.fold([click(f"one{n}", "another", state, network="0a000001") for n in range(300)])
    assert sum(many) == pytest.approx(300)
    assert sum(one) < 10


def test_a_proxy_that_hides_all_addresses_costs_nothing() -> None:
    state = LiveState(crowd_params())
    beliefs = state.fold([replace(event, network="7f000001") for event in crowd_clicks()])
    again = LiveState(crowd_params())
    assert beliefs == again.fold(crowd_clicks())


def test_a_real_crowd_loses_hardly_a_click() -> None:
    clicks = crowd_clicks()
    first = {(event.user, event.article) for event in clicks}
    assert sum(LiveState(crowd_params()).fold(clicks)) > 0.99 * len(first)


def test_signed_clicks_of_new_users_all_count(state: LiveState) -> None:
    beliefs = state.fold([click(f"app{n}", "breaking", state, proof="signed", network="0a000001") for n in range(300)])
    assert sum(beliefs) == 300


def test_unsigned_clicks_count_a_share_where_clicks_are_signed(state: LiveState) -> None:
    assert state.fold([click("person1", "x", state, proof="unsigned")]) == [pytest.approx(0.2)]


def test_junk_values_get_no_group_of_their_own(state: LiveState) -> None:
    before = [dict(names) for names in state.group_names.names]
    state.fold(
        [
            click(f"fake{n}", "a1", state, region=f"junk{n % 70}", device=f"junk{n % 70}", os=f"junk{n % 70}",
                  referrer=f"junk{n % 70}", section=f"junk{n % 70}")
            for n in range(2_000)
        ]
    )  # fmt: skip
    assert not any("junk" in name for names in state.group_names.names for name in names)
    assert not any("junk" in name for name in state.articles.sections)
    assert [len(names) for names in before] == [len(names) for names in state.group_names.names]
    assert len(state.group_names.regions) == 20


def test_a_value_that_many_users_send_gets_its_group(state: LiveState) -> None:
    users = state.params.trust.label_users
    for count, there in ((users - 1, False), (users, True)):
        state.fold([click(f"person{n}", f"new{count}", state, region="acre") for n in range(count)])
        assert ("acre" in state.group_names.regions) is there


def test_impressions_without_proof_hide_nothing(state: LiveState) -> None:
    shown = [LiveEvent("person1", kind=Kind.IMPRESSION, article="a1", time_ms=state.now_ms)] * 100
    state.fold(shown)
    assert state.shown_to("person1") == {"a1": state.params.trust.unproven_shown}
    state.fold([replace(event, proof="answer") for event in shown[:3]] + [replace(shown[0], proof="signed")])
    assert state.shown_to("person1") == {"a1": state.params.trust.unproven_shown + 4}


def test_random_posts_hardly_change_what_goes_together(state: LiveState) -> None:
    before = {user: ranking(state, user)[0] for user in (f"person{n}" for n in range(16))}
    for post in range(10):
        state.fold([click(f"bot{post}", f"a{n * 37 % 100}", state, session=f"bot{post}") for n in range(1_000)])
    changed = [user for user, first in before.items() if ranking(state, user)[0] != first]
    assert len(changed) <= 2


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
def test_a_user_adds_at_most_so_much_an_hour(clicks: list[tuple[int, int]], limit: float) -> None:
    trust = TrustParams(clicks_per_hour=limit, new_clicks_per_hour=limit)
    state = LiveState(small_params(trust, readers=100, articles=600, known_articles=2_000, reads_per_reader=1_000))
    clicks.sort(key=lambda each: each[1])
    weights = state.fold([events_made.click("u", f"a{article}", minute) for article, minute in clicks])
    for begin in range(0, 600, 30):
        hour = [w for w, (_, minute) in zip(weights, clicks, strict=True) if begin <= minute < begin + 60]
        assert sum(hour) <= 2 * limit + 1e-6


def test_what_was_added_is_forgotten_at_the_hourly_rate() -> None:
    assert left_of_hour(20.0, HOUR_MS, 20.0) == (20.0, 0.0)
    assert left_of_hour(0.0, 0.0, 10.0) == (10.0, 0.0)
    assert left_of_hour(15.0, HOUR_MS / 2, 20.0) == (15.0, 5.0)


def test_what_is_kept_of_networks_stays_within_its_bound_and_is_forgotten() -> None:
    state = LiveState(crowd_params(networks=100))
    for n in range(2_000):
        event = events_made.click(f"u{n}", f"a{n % 50}", n, network=f"{n:08x}")
        state.fold([event])
        assert len(state.sources) <= 2 * 100
    state.fold([events_made.click("late", "a1", 6000, network="0a000001")])
    assert len(state.sources) <= 3


def test_a_network_is_a_source_and_other_text_is_none() -> None:
    assert network_source("") == network_source("no hex") == ALL
    assert network_source("0a000001") != network_source("0a000002")


def test_believed_clicks_alone_are_what_the_counts_hold(state: LiveState) -> None:
    window = windows.OVERALL.index("24h")
    before = float(state.counts.overall.totals[window, 0])
    beliefs = state.fold([click("", "x", state), click("person1", "x", state), click("person1", "x", state)])
    weight = state.counts.decay.weights(state.now_ms)[windows.INDEX["24h"]]
    assert float(state.counts.overall.totals[window, 0]) - before == pytest.approx(sum(beliefs) * weight)
    assert beliefs == [pytest.approx(0.25), 1.0, 0.0]
