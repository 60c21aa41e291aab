"""Clicks of made-up users have almost no effect, and clicks of a real crowd all count."""

from dataclasses import replace
from pathlib import Path

import pytest

from script_shared.clock import HOUR_MS
from script_shared.events import Kind
from script_shared.news.counting import windows
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import load_state, save_state
from tests.script_shared.news.crowd import click, crowd, crowd_clicks, crowd_params, ranking

OFF = {  # settings with which every click counts in full, except for the second one of a user
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


def lifted(state: LiveState, events: list[LiveEvent], article: str) -> int:
    """The article's place, from 0, after some more events."""
    state.fold(events)
    return ranking(state).index(article)


def test_200_made_up_users_do_not_bring_place_81_into_the_first_ten(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state, network="0a000001") for n in range(200)], victim) >= 10


def test_200_made_up_users_without_a_network_do_not_either(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state) for n in range(200)], victim) >= 10


def test_1000_made_up_users_move_an_article_no_further_than_200(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    few = lifted(state, [click(f"fake{n}", victim, state) for n in range(200)], victim)
    assert lifted(state, [click(f"more{n}", victim, state) for n in range(800)], victim) == few


def test_if_every_click_counts_made_up_users_bring_the_article_to_the_top() -> None:
    state = crowd(**OFF)
    victim = ranking(state)[PLACE]
    assert lifted(state, [click(f"fake{n}", victim, state) for n in range(200)], victim) == 0


def test_200_clicks_of_one_user_move_an_article_as_far_as_one_click(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    one = lifted(state, [click("pixel", victim, state)], victim)
    assert lifted(state, [click("pixel", victim, state) for _ in range(200)], victim) == one


def test_200_clicks_without_user_and_session_do_not_reach_the_first_ten(state: LiveState) -> None:
    victim = ranking(state)[PLACE]
    assert lifted(state, [click("", victim, state) for _ in range(200)], victim) >= 10


def test_users_who_were_made_up_a_day_ago_are_limited_by_their_network(state: LiveState) -> None:
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


def test_new_users_from_many_networks_count_and_from_one_network_they_do_not(state: LiveState) -> None:
    many = state.fold([click(f"many{n}", "breaking", state, network=f"{n:08x}") for n in range(300)])
    one = state.fold([click(f"one{n}", "another", state, network="0a000001") for n in range(300)])
    assert sum(many) == pytest.approx(300)
    assert sum(one) < 10


def test_a_proxy_that_hides_all_addresses_changes_no_weight() -> None:
    state = LiveState(crowd_params())
    beliefs = state.fold([replace(event, network="7f000001") for event in crowd_clicks()])
    again = LiveState(crowd_params())
    assert beliefs == again.fold(crowd_clicks())


def test_a_real_crowd_loses_almost_no_click() -> None:
    clicks = crowd_clicks()
    first = {(event.user, event.article) for event in clicks}
    assert sum(LiveState(crowd_params()).fold(clicks)) > 0.99 * len(first)


def test_signed_clicks_of_new_users_all_count(state: LiveState) -> None:
    beliefs = state.fold([click(f"app{n}", "breaking", state, proof="signed", network="0a000001") for n in range(300)])
    assert sum(beliefs) == 300


def test_unsigned_clicks_count_in_part_if_clicks_are_signed(state: LiveState) -> None:
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


def test_impressions_without_proof_hide_no_article(state: LiveState) -> None:
    shown = [LiveEvent("person1", kind=Kind.IMPRESSION, article="a1", time_ms=state.now_ms)] * 100
    state.fold(shown)
    assert state.shown_to("person1") == {"a1": state.params.trust.unproven_shown}
    state.fold([replace(event, proof="answer") for event in shown[:3]] + [replace(shown[0], proof="signed")])
    assert state.shown_to("person1") == {"a1": state.params.trust.unproven_shown + 4}


def test_random_clicks_hardly_change_the_best_article_of_each_user(state: LiveState) -> None:
    before = {user: ranking(state, user)[0] for user in (f"person{n}" for n in range(16))}
    for post in range(10):
        state.fold([click(f"bot{post}", f"a{n * 37 % 100}", state, session=f"bot{post}") for n in range(1_000)])
    changed = [user for user, first in before.items() if ranking(state, user)[0] != first]
    assert len(changed) <= 2


def test_the_counts_hold_the_weights_of_the_clicks(state: LiveState) -> None:
    window = windows.OVERALL.index("24h")
    before = float(state.counts.overall.totals[window, 0])
    beliefs = state.fold([click("", "x", state), click("person1", "x", state), click("person1", "x", state)])
    weight = state.counts.decay.weights(state.now_ms)[windows.INDEX["24h"]]
    assert float(state.counts.overall.totals[window, 0]) - before == pytest.approx(sum(beliefs) * weight)
    assert beliefs == [pytest.approx(0.25), 1.0, 0.0]
