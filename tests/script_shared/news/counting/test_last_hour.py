"""The plain list: most read in the last hour."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.counting.last_hour import MINUTE_MS, LastHour

HOUR_MS = 3_600_000
START = 1_660_532_400_000


def test_the_most_read_come_first_and_ties_by_id():
    hour = LastHour()
    for article in "cabab":
        hour.add(article, START)
    assert hour.top(START, 2) == ["a", "b"]
    assert hour.top(START, 10) == ["a", "b", "c"]


def test_clicks_older_than_an_hour_are_removed():
    hour = LastHour()
    hour.add("old", START)
    hour.add("new", START + 30 * MINUTE_MS)
    assert hour.top(START + 59 * MINUTE_MS, 5) == ["new", "old"]
    assert hour.top(START + 62 * MINUTE_MS, 5) == ["new"]
    assert hour.top(START + 3 * HOUR_MS, 5) == []


def test_clicks_also_count_while_the_clock_does_not_move():
    hour = LastHour()
    hour.add("a", START)
    assert hour.top(START, 5) == ["a"]
    hour.add("b", START)
    hour.add("b", START)
    assert hour.top(START, 5) == ["b", "a"]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 40))), st.integers(0, 5))
def test_counts_are_those_of_a_plain_count_by_minutes(clicks, n):
    hour, now = LastHour(), START
    seen = []
    for article, minutes in clicks:
        now += minutes * MINUTE_MS
        hour.add(article, now)
        seen.append((article, now))
    plain = Counter(article for article, at in seen if at // MINUTE_MS >= (now - HOUR_MS) // MINUTE_MS)
    assert hour.top(now, n) == sorted(plain, key=lambda article: (-plain[article], article))[:n]
