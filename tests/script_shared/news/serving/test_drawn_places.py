"""The last places of a list may be drawn by chance."""

from unittest.mock import patch

import pytest

from script_shared.events import Entry, Kind
from script_shared.news.ranking.query import Query
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving_params import RandomizationParams
from tests.app.releases_made import NOW_MS
from tests.script_shared.news.serving.recommender_made import SERVING, boom, busy, pages_of


def drawing(model, room, **settings):
    given = RandomizationParams(**{"share": 1.0, "places": 3, "extra": 2, **settings})
    return LiveRecommender(model, room, None, SERVING.model_copy(update={"randomization": given}))


def test_the_last_places_are_drawn_from_the_usual_order_and_the_seed_repeats_them(model, recommender, room):
    room.apply(busy())
    usual = pages_of(recommender.answer(Query("me", n=12)))
    lists = set()
    for number in range(30):
        seed = number.to_bytes(8, "big")
        answer = drawing(model, room).answer(Query("me", seed=seed))
        pages = pages_of(answer)
        assert pages[:7] == usual[:7]
        assert answer.draw.candidates(pages) == usual[7:12]
        assert answer.draw.is_of(seed)
        lists.add(tuple(pages))
    assert len(lists) > 10


@pytest.mark.parametrize(
    "wish",
    [
        {"history": ("a30",)},
        {"exclude": ("a30",)},
        {"pages": frozenset({1})},
        {"section": "mundo"},
        {"context_item": "a30"},
        {"max_age_hours": 5.0},
        {"min_diversity": 0.4},
        {"explore_slots": 0},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_lists_that_a_record_does_not_describe_are_not_drawn(model, room, wish):
    room.apply(busy())
    assert drawing(model, room).answer(Query("me", seed=b"12345678", **wish)).draw is None


def test_nothing_is_drawn_without_a_share_or_a_seed(model, recommender, room):
    room.apply(busy())
    usual = recommender.answer(Query("me"))
    assert recommender.answer(Query("me", seed=b"12345678")) == usual
    assert drawing(model, room).answer(Query("me")) == usual
    assert usual.draw is None


def test_places_for_fresh_articles_and_a_draw_keep_a_list_whole(model, room):
    room.apply(busy())
    room.apply([Entry(page, Kind.ARTICLE, NOW_MS, "", page, {"title": page}, 600) for page in ("p0", "p1", "p2")])
    serving = {"explore_slots": 2, "randomization": RandomizationParams(share=1.0, places=4, extra=2)}
    by = LiveRecommender(model, room, None, SERVING.model_copy(update=serving))
    answers = [by.answer(Query("me", seed=number.to_bytes(8, "big"))) for number in range(20)]
    assert all(len(set(pages_of(answer))) == 10 for answer in answers)
    assert {"p0", "p1", "p2"} & {page for answer in answers for page in pages_of(answer)}


def test_a_draw_that_fails_leaves_the_usual_list(model, recommender, room):
    room.apply(busy())
    usual = pages_of(recommender.answer(Query("me")))
    with patch("script_shared.news.serving.lists.draw", boom):
        answer = drawing(model, room).answer(Query("me", seed=b"12345678"))
    assert (pages_of(answer), answer.draw, answer.degraded) == (usual, None, ["exploration"])
