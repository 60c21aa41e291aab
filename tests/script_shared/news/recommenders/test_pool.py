"""Which articles are candidates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from script_shared.algorithms.popularity import Popularity, PopularityWeights
from script_shared.clock import HOUR_MS
from script_shared.news.params import PoolParams
from script_shared.news.recommenders.pool import PoolBuilder

NOW = 1_660_000_000_000
PARAMS = PoolParams(max_age_hours=24, popular=2, recent=2)


def popularity(counts: list[float]) -> Popularity:
    return Popularity(np.array(counts, np.float32)[:, None], NOW, PopularityWeights((1.0,), (1.0,), 1.0, 0.0))


def test_the_pool_holds_the_newest_and_the_most_popular_and_the_rest_waits_newest_first() -> None:
    hours = np.array([1, 2, 3, 4, 5, 6, 30, -1])
    pool = PoolBuilder(NOW - hours * HOUR_MS, PARAMS).pool(NOW, popularity([0, 1, 5, 9, 0, 7, 99, 99]))
    assert pool.candidates.rows.tolist() == [3, 5, 1, 0]  # most popular first; 6 expired, 7 is not published yet
    assert pool.rest.tolist() == [2, 4]
    assert pool.position.tolist() == [3, 2, -1, 0, -1, 1, -1, -1]


def test_a_pool_holds_until_an_article_appears_or_expires_and_at_most_a_minute() -> None:
    def until(*issued: int) -> int:
        return PoolBuilder(np.array(issued), PARAMS).pool(NOW, popularity([1.0] * len(issued))).valid_until_ms - NOW

    assert until(NOW) == 60_000
    assert until(NOW, NOW + 10_000) == 10_000
    assert until(NOW - 24 * HOUR_MS + 5_000) == 5_001


def test_no_article_published_makes_an_empty_pool() -> None:
    pool = PoolBuilder(np.array([NOW + 1]), PARAMS).pool(NOW, popularity([1.0]))
    assert len(pool.candidates) == len(pool.rest) == 0
    assert pool.valid_until_ms == NOW + 1


def test_where_nothing_is_alive_the_newest_that_have_expired_stand_in_newest_first() -> None:
    hours = np.array([30, 25, 40, 26, 29, 28])
    pool = PoolBuilder(NOW - hours * HOUR_MS, PARAMS).pool(NOW, popularity([9.0] * 6))
    assert pool.expired
    assert pool.candidates.rows.tolist() == [1, 3, 5, 4]  # as many as a pool holds
    assert pool.position.tolist() == [-1, 0, -1, 1, 3, 2]


def test_one_article_alive_keeps_the_expired_ones_away() -> None:
    pool = PoolBuilder(NOW - np.array([23, 25]) * HOUR_MS, PARAMS).pool(NOW, popularity([1.0, 9.0]))
    assert not pool.expired
    assert pool.candidates.rows.tolist() == [0]
    assert len(pool.rest) == 0


def test_a_pool_of_expired_articles_is_not_made_again_until_one_appears() -> None:
    def until(*issued: int) -> int:
        return PoolBuilder(np.array(issued), PARAMS).pool(NOW, popularity([1.0] * len(issued))).valid_until_ms - NOW

    assert until(NOW - 25 * HOUR_MS) == 24 * HOUR_MS
    assert until(NOW - 25 * HOUR_MS, NOW + 10_000) == 10_000


@given(st.lists(st.tuples(st.integers(-3, 30), st.integers(0, 5)), max_size=30))
def test_pool_and_rest_part_the_articles_alive(articles: list[tuple[int, int]]) -> None:
    hours = np.array([article[0] for article in articles], np.int64)
    issued = NOW - hours * HOUR_MS
    pool = PoolBuilder(issued, PARAMS).pool(NOW, popularity([float(article[1]) for article in articles]))
    both = [*pool.candidates.rows.tolist(), *pool.rest.tolist()]
    alive = np.flatnonzero((hours >= 0) & (hours <= 24)).tolist()
    assert pool.expired == (not alive)
    if alive:
        assert sorted(both) == alive
        assert len(pool.candidates) == min(4, len(both))
    else:
        assert len(both) == min(4, (hours >= 0).sum())
