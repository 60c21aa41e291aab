"""The popularity rows: what they count, and that they follow the read filter and the availability rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.news.split.popularity_rows import available, most_read, row_name, unread
from script_shared.clock import HOUR_MS
from tests.pipelines.measures.test_splits import Table, reads

NOW = 100 * HOUR_MS


def ranked(table: Table, n_articles: int, hours: float) -> list[int]:
    issued = np.zeros(n_articles, np.int64)
    return most_read(table, issued, np.ones(n_articles, bool), NOW, hours).tolist()


def test_only_reads_of_the_window_count():
    old, new = NOW - 2 * HOUR_MS, NOW - HOUR_MS // 2
    table = reads((0, 1, old), (1, 1, old), (2, 2, new), (3, 1, NOW + 1), (4, 1, NOW + 1))
    assert ranked(table, 3, hours=1)[0] == 2
    assert ranked(table, 3, hours=6)[0] == 1


def test_after_the_articles_that_were_read_come_the_others_newest_first():
    issued = np.array([10, 30, 20, 40])
    order = most_read(reads((0, 0, NOW)), issued, np.array([True, True, True, False]), NOW, 1)
    assert order.tolist() == [0, 1, 2]


def test_articles_not_yet_published_or_expired_are_not_available():
    issued = np.array([NOW, NOW + 1, NOW - 24 * HOUR_MS, NOW - 24 * HOUR_MS - 1])
    assert available(issued, NOW, max_age_hours=24).tolist() == [True, False, True, False]


def test_a_list_holds_no_article_its_user_had_read_by_then():
    table = reads((3, 7, NOW), (3, 5, NOW - 9), (8, 9, NOW + 1))
    lists = unread(np.array([9, 7, 5, 4, 2]), np.array([3, 8]), table, NOW, 3)
    assert lists.tolist() == [[9, 4, 2], [9, 7, 5]]


def test_a_user_who_read_nearly_everything_gets_what_is_left():
    table = reads(*((0, article, NOW) for article in range(1997)))
    lists = unread(np.arange(2000), np.array([0, 1]), table, NOW, 5)
    assert lists.tolist() == [[1997, 1998, 1999, -1, -1], [0, 1, 2, 3, 4]]


@pytest.mark.parametrize("users", [[], [2]])
def test_an_empty_ranking_or_no_user_gives_empty_lists(users):
    lists = unread(np.array([], np.int64), np.array(users, np.int64), reads(), NOW, 4)
    assert lists.tolist() == [[-1] * 4] * len(users)


def test_the_name_says_the_window():
    assert row_name(24.0) == "popularity_24h"


@given(
    st.permutations(range(30)),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 29), st.integers(NOW - 5, NOW + 5)), max_size=90),
    st.integers(1, 8),
)
@settings(max_examples=80, deadline=None)
def test_lists_are_the_ranking_without_what_was_read(ranking, rows, n):
    table = reads(*rows)
    lists = unread(np.array(ranking), np.array([0, 1, 3]), table, NOW, n)
    for user, got in zip([0, 1, 3], lists.tolist(), strict=True):
        known = {article for reader, article, time in rows if reader == user and time <= NOW}
        expected = [article for article in ranking if article not in known][:n]
        assert got == expected + [-1] * (n - len(expected))
