"""The taste of a reader is the mean of the first ten clicks, and then a moving average."""

from math import log, log1p

import pytest

from script_shared.news.state.reader_history import SHARE_FLOOR
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import START_MS, click, small_params


def taste_of(ages_hours: list[float]) -> tuple[float, float]:
    """taste_age and taste_share of a user who reads articles of these ages, one after the other at one moment."""
    state = LiveState(small_params(readers=100, articles=64, known_articles=100))
    for place, age in enumerate(ages_hours):
        state.publish_article(f"a{place}", START_MS - int(age * 3_600_000))
    state.fold([click("u", f"a{place}") for place in range(len(ages_hours))])
    return state.readers.taste_age[0], state.readers.taste_share[0]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10])
def test_up_to_ten_clicks_the_taste_is_their_plain_mean(count: int) -> None:
    ages = [float(place**2) for place in range(count)]
    age, share = taste_of(ages)
    assert age == pytest.approx(sum(map(log1p, ages)) / count, rel=1e-5)
    assert share == pytest.approx(log(SHARE_FLOOR), rel=1e-5)  # nobody read them before


def test_after_ten_clicks_each_click_moves_the_taste_by_a_tenth() -> None:
    ages = [float(place**2) for place in range(12)]
    age, _ = taste_of(ages)
    mean = sum(map(log1p, ages[:10])) / 10
    for each in ages[10:]:
        mean += 0.1 * (log1p(each) - mean)
    assert age == pytest.approx(mean, rel=1e-5)


def test_the_taste_in_popularity_is_the_mean_of_the_shares_at_the_clicks() -> None:
    state = LiveState(small_params())
    state.fold([click("v", "a"), click("w", "a"), click("x", "b"), click("u", "a"), click("u", "b")])
    place = state.readers.find(state.readers._places.keys[3])
    shares = [log(2 / 3 + SHARE_FLOOR), log(1 / 4 + SHARE_FLOOR)]
    assert state.readers.taste_share[place] == pytest.approx(sum(shares) / 2, rel=1e-5)
