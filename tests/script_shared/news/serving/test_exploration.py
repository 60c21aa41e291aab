"""A few places for what nobody has judged yet."""

from collections import Counter
from hashlib import blake2b

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.serving.exploration import PRIOR_CLICKS, PRIOR_IMPRESSIONS, Fresh, draw, with_explored


def fresh(clicks, shown):
    return Fresh([f"f{n}" for n in range(len(clicks))], np.array(clicks, float), np.array(shown, float))


def test_the_same_seed_draws_the_same():
    some = fresh([0] * 20, [0] * 20)
    assert draw(some, 3, "x") == draw(some, 3, "x")
    assert len({tuple(draw(some, 3, str(seed))) for seed in range(20)}) > 10


def test_what_was_shown_often_without_a_click_is_hardly_drawn_and_what_is_clicked_is():
    drawn = Counter(draw(fresh([0, 6, 0], [500, 100, 0]), 1, str(seed))[0] for seed in range(300))
    assert min(drawn["f1"], drawn["f2"]) > 50
    assert drawn["f0"] < 5
    assert {draw(fresh([0, 40, 0], [500, 100, 0]), 1, str(seed))[0] for seed in range(100)} == {"f1"}


def test_clicks_without_an_impression_are_no_misses():
    clicks = np.arange(500.0) % 10
    random = np.random.default_rng(int.from_bytes(blake2b(b"x", digest_size=8).digest(), "little"))
    rates = random.beta(PRIOR_CLICKS + clicks, PRIOR_IMPRESSIONS - PRIOR_CLICKS)
    assert draw(fresh(clicks, 0 * clicks), 500, "x") == [f"f{place}" for place in np.argsort(-rates)]


def test_without_slots_or_articles_nothing_is_drawn():
    assert draw(fresh([], []), 3, "x") == []
    assert draw(fresh([0], [0]), 0, "x") == []


@given(
    st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("defgh"), unique=True), st.integers(1, 6)
)
def test_explored_articles_take_only_the_last_places_and_only_what_they_need(ranked, explored, n):
    final = with_explored(ranked, explored, n)
    new = [article for article in explored if article not in ranked[:n]][:n]
    assert len(final) == len(set(final)) == min(n, len(ranked[:n]) + len(new))
    assert final[len(final) - len(new) :] == new
    assert final[: len(final) - len(new)] == ranked[: len(final) - len(new)]


def test_an_article_that_is_new_in_two_ways_takes_one_place():
    assert with_explored(["a", "b", "c"], ["new", "other", "new"], 3) == ["a", "new", "other"]
