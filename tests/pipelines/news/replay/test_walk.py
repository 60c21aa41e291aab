"""Replay: each request knows every earlier click, and nothing of its own moment."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.replay.walk import Walk
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from tests.pipelines.news.replay.streams_made import START_MS, made, planted
from tests.script_shared.news.events_made import small_params


def test_clicks_of_the_same_moment_are_not_known_when_it_is_asked_about() -> None:
    times = START_MS + np.array([0, 1000, 1000, 1000, 2000])
    stream = made(times, np.arange(5), np.array([0, 1, 1, 2, 3]), np.arange(5))
    walk = Walk(stream, Newsroom(LiveState(small_params())))
    known = [(case.place, walk.folded, walk.state.now_ms) for case in walk.cases([1, 2, 3, 4])]
    assert known == [(1, 1, START_MS), (2, 1, START_MS), (3, 1, START_MS), (4, 4, START_MS + 1000)]


def test_the_clicked_article_is_found_among_the_candidates_once_it_was_read() -> None:
    stream = planted(200)
    params = small_params(articles=128, known_articles=500, readers=500, candidates=64)
    walk = Walk(stream, Newsroom(LiveState(params)))
    for case in walk.cases(range(300, 400)):
        wanted = stream.article_id(case.place)
        assert walk.state.article_id(int(case.found.rows[case.truth])) == wanted


def test_a_request_names_the_visit_and_nothing_of_the_click() -> None:
    query = planted(10).query(3)
    assert query.user in ("u1", "u2")
    assert query.session
    assert query.context_item == ""
    assert query.history == ()


@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(0, 60))
def test_rereads_of_a_range_are_those_of_the_whole_stream(seed: int, start: int, length: int) -> None:
    draw = np.random.default_rng(seed)
    users = draw.integers(0, 6, 80)
    stream = made(START_MS + np.sort(draw.integers(0, 30, 80)), users, draw.integers(0, 5, 80), users)
    within = range(start, min(start + length, 80))
    assert stream.reread_within(within).tolist() == stream.reread[within.start : within.stop].tolist()


def test_rereads_first_and_last_clicks_are_told_from_the_whole_stream() -> None:
    times = START_MS + np.array([0, 1, 2, 3])
    stream = made(times, np.array([0, 0, 1, 0]), np.array([0, 1, 0, 0]), np.array([5, 5, 6, 7]))
    first, last = stream.place_in_session
    assert stream.reread.tolist() == [False, False, False, True]
    assert first.tolist() == [True, False, True, True]
    assert last.tolist() == [False, True, True, True]
