"""The benchmark's peers find a planted truth: a user who reads the first article of a pair reads its partner next."""

from functools import partial

import numpy as np
import pytest
from implicit.nearest_neighbours import CosineRecommender
from threadpoolctl import threadpool_limits

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.walk import Walk
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from tests.benchmarks.entrants import Contest, Entrant
from tests.benchmarks.peers import AllTime, Past, Retrained
from tests.benchmarks.session_peers import LibrarySessions
from tests.benchmarks.stan import Stan
from tests.pipelines.news.replay.streams_made import PAIRS, planted
from tests.script_shared.news.events_made import small_params

HOUR_MS = 3_600_000
STREAM = planted(400)
LATER = [int(place) for place in np.flatnonzero(~STREAM.place_in_session[0])[-40:]]


@pytest.fixture(scope="module")
def past() -> Past:
    return Past(STREAM)


def test_session_neighbours_name_the_partner_first(past: Past) -> None:
    peer = LibrarySessions(past, HOUR_MS, 100 * HOUR_MS)
    assert all(peer.recommend(place, [])[0] == STREAM.article_id(place) for place in LATER)
    assert peer.fits >= 1


@pytest.mark.parametrize("rare", [0.0, 0.1])
def test_order_and_time_aware_neighbours_name_the_partner_first(past: Past, rare: float) -> None:
    peer = Stan(past, 100 * HOUR_MS, rare=rare)
    assert all(peer.recommend(place, [])[0] == STREAM.article_id(place) for place in LATER)


def test_a_retrained_model_of_the_library_names_the_partner_first(past: Past) -> None:
    peer = Retrained(past, partial(CosineRecommender, K=20, num_threads=1), {}, HOUR_MS, 100 * HOUR_MS)
    with threadpool_limits(1):
        named = [peer.recommend(place, [])[0] == STREAM.article_id(place) for place in LATER]
    assert np.mean(named) > 0.9
    assert peer.fits >= 1


def test_lists_are_filled_up_and_name_nothing_twice(past: Past) -> None:
    fill = [f"a{row}" for row in range(2 * PAIRS)]
    found = LibrarySessions(past, HOUR_MS, HOUR_MS).recommend(LATER[0], fill)
    assert len(found) == len(set(found)) == 20


def test_nothing_of_the_asked_moment_is_known(past: Past) -> None:
    place = LATER[0]
    assert len(past.of_user(place)) == 1
    assert place not in past.of_session(int(past.sessions[place]), place)


def test_most_read_ever_is_counted_until_the_first_question_and_leaves_out_what_was_read(past: Past) -> None:
    place = LATER[0]
    counts = np.bincount(STREAM.article[:place])
    read = int(STREAM.article[past.of_user(place)[0]])
    named = [int(name[1:]) for name in AllTime(past).recommend(place, [])]
    assert read not in named
    assert counts[named].min() >= np.sort(np.delete(counts, read))[-20]


def test_the_library_s_maps_hold_every_click_before_the_asked_moment_and_none_of_it(past: Past) -> None:
    peer = LibrarySessions(past, 10**12, 10**12)
    for place in LATER:
        peer.recommend(place, [])
        moment = STREAM.first_of_moment(place)
        assert sum(len(articles) for articles, _ in peer._maps.sessions.values()) == moment


def test_peers_are_asked_about_their_share_of_the_cases_only_and_what_they_cost_is_told() -> None:
    contest = Contest({"ever": Entrant(AllTime, "counted", "once")}, lambda place: place % 2 == 0)
    params = small_params(articles=128, known_articles=500, readers=500, candidates=64)
    walk = Walk(STREAM, Newsroom(LiveState(params)))
    peer = contest.peers()["ever"](walk)
    ranks = {case.place: peer(case) for case in walk.cases(LATER)}
    assert all(rank == MISSED for place, rank in ranks.items() if place % 2)
    (cost,) = contest.costs()
    assert (cost["model"], cost["asked"]) == ("ever", sum(place % 2 == 0 for place in LATER))
