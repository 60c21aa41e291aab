"""The benchmark's peers find a planted truth: whoever reads the first article of a pair reads its partner next."""

from functools import partial

import numpy as np
import pytest
from implicit.nearest_neighbours import CosineRecommender
from threadpoolctl import threadpool_limits

from tests.benchmarks.peers import AllTime, Past, Retrained, SessionNeighbours
from tests.pipelines.replay.streams_made import PAIRS, planted

STREAM = planted(400)
LATER = [int(place) for place in np.flatnonzero(~STREAM.place_in_session[0])[-40:]]


@pytest.fixture(scope="module")
def past() -> Past:
    return Past(STREAM)


def test_session_neighbours_name_the_partner_first(past: Past) -> None:
    peer = SessionNeighbours(past)
    assert all(peer.recommend(place, [])[0] == STREAM.article_id(place) for place in LATER)


def test_a_retrained_model_of_the_library_names_the_partner_first(past: Past) -> None:
    peer = Retrained(past, partial(CosineRecommender, K=20, num_threads=1), {}, 3_600_000, 100 * 3_600_000)
    with threadpool_limits(1):
        named = [peer.recommend(place, [])[0] == STREAM.article_id(place) for place in LATER]
    assert np.mean(named) > 0.9
    assert peer.fits >= 1


def test_lists_are_filled_up_and_name_nothing_twice(past: Past) -> None:
    fill = [f"a{row}" for row in range(2 * PAIRS)]
    found = SessionNeighbours(past).recommend(LATER[0], fill)
    assert len(found) == len(set(found)) == 20


def test_nothing_of_the_asked_moment_is_known(past: Past) -> None:
    place = LATER[0]
    assert len(past.of_user(place)) == 1
    assert place not in past.of_session(int(past.sessions[place]), place)


def test_most_read_ever_is_counted_until_the_first_question_and_leaves_out_what_was_read(past: Past) -> None:
    place = LATER[0]
    counts = np.bincount(STREAM.article[:place])
    read = int(STREAM.article[past.of_user(place)[0]])
    named = [int(name[1:]) for name in AllTime(past).recommend(place)]
    assert read not in named
    assert counts[named].min() >= np.sort(np.delete(counts, read))[-20]
