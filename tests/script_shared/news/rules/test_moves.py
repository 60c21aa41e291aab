"""Articles of the live state, whose factors are looked up together, are moved as one by one."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.ordering import Order
from script_shared.news.ranking.query import Query
from script_shared.news.rules.moves import Factors
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from tests.app.releases_made import SECTIONS, make_release
from tests.script_shared.news.rules.rules_made import pin, rule
from tests.script_shared.news.serving.recommender_made import LIVE, SERVING, busy
from tests.script_shared.news.serving.test_any_failure import AnyRanker

articles = st.sampled_from([f"a{number}" for number in range(10, 50, 3)])
kinds = st.sampled_from(["boost", "bury"])
strengths = st.sampled_from([1.5, 2.0, 3.0])
moves = st.lists(
    st.one_of(
        st.builds(lambda a, kind, by: rule(kind, f"article {a}", strength=by), articles, kinds, strengths),
        st.builds(lambda s, kind: rule(kind, f"section {s}"), st.sampled_from(SECTIONS), kinds),
        st.builds(pin, articles, st.integers(1, 3)),
        st.builds(lambda s: rule("quota", f"section {s}", least=0.3), st.sampled_from(SECTIONS)),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    model = NewsModel.load(make_release(tmp_path_factory.mktemp("release") / "made"), "v1")
    room = Newsroom(LiveState(LIVE))
    room.apply(busy())
    return LiveRecommender(model, room, AnyRanker(), SERVING)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(held=moves, n=st.sampled_from([1, 2, 3]), section=st.sampled_from(["", "mundo"]))
def test_lists_are_the_same_when_factors_are_looked_up_together(recommender, held, n, section):
    query, book = Query("nobody", n=n, section=section, explore_slots=0), RuleBook(held, 1)
    together = [(item.article_id, item.reason) for item in recommender.answer(query, book).items]
    with patch.object(Order, "leading", return_value=np.zeros(0, np.int64)):
        one_by_one = [(item.article_id, item.reason) for item in recommender.answer(query, book).items]
    assert together == one_by_one


def test_rules_move_articles_where_there_is_no_live_state(recommender):
    model = recommender.model
    without = LiveRecommender(model, Newsroom(None), None, SERVING, clock=model.clock)
    query = Query("nobody", n=5, explore_slots=0)
    last = without.answer(query).items[-1].article_id
    answer = without.answer(query, RuleBook([rule("boost", f"article {last}", strength=3.0)], 1))
    assert "rules" not in answer.degraded
    assert last in [item.article_id for item in answer.items[:2]]


def test_factors_are_asked_for_once_and_again_under_other_numbers():
    ids, asked = ["", "a", "b"], []

    def factor(article):
        asked.append(article)
        return 0.5 if article == "a" else 1.0

    factors = Factors()
    assert factors.of(np.array([2, 1]), ids, factor).tolist() == [1.0, 0.5]
    ids.append("c")
    assert factors.of(np.array([3, 1]), ids, factor).tolist() == [1.0, 0.5]
    assert asked == ["b", "a", "c"]
    assert factors.of(np.array([1]), ["", "c", "a"], factor).tolist() == [1.0]
