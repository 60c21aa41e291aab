"""Features of behaviour, counted by hand."""

import numpy as np

from script_shared.algorithms.histories import Histories
from script_shared.news.readers.behaviour import HOUR_SHARES, QUANTITIES, features, features_of
from script_shared.news.readers.reads import Reads

TOPICS = np.array([[0, 1, -1], [-1, -1, 0]], np.int16)  # sections, then regions, of three articles
SIZES = (2, 1)
DAY_MS = 86_400_000


def reads() -> Reads:
    """Reader 0 reads article 0 twice and article 1 once, at 1, 2 and 13 o'clock; reader 1 nothing."""
    columns = {
        "user": [0, 0, 0],
        "article": [0, 0, 1],
        "time_ms": [100 * DAY_MS + hour * 3_600_000 for hour in (1, 2, 13)],
        "engagement": [1, 1, 1],
        "seconds": [60, 120, 60],
        "clicks": [1, 2, 3],
        "scroll": [30, 60, 90],
        "visits": [1, 1, 1],
        "region": [-1] * 3,
        "device": [-1] * 3,
    }
    return Reads(**{name: np.array(values) for name, values in columns.items()})


def test_quantities_are_sums_means_and_logs() -> None:
    row = features(reads(), 2, TOPICS, SIZES)[0, :QUANTITIES]
    amounts = [4, 6, 2, 2, 3]  # minutes, clicks, pages, minutes per page, clicks per page
    np.testing.assert_allclose(row, [*amounts, 60, *np.log1p(amounts)])


def test_shares_are_drawn_towards_an_even_spread() -> None:
    row = features(reads(), 2, TOPICS, SIZES)[0, QUANTITIES:]
    hours, sections, regions = np.split(row, [HOUR_SHARES, HOUR_SHARES + 2])
    np.testing.assert_allclose(hours * 5, np.array([2, 0, 0, 1, 0, 0]) + 2 / 6)
    np.testing.assert_allclose(sections * 5, [2 + 1, 1 + 1])
    np.testing.assert_allclose(regions, [1])


def test_who_read_nothing_has_no_features() -> None:
    assert np.isnan(features(reads(), 2, TOPICS, SIZES)[1]).all()


def test_a_history_alone_tells_the_shares_and_not_the_quantities() -> None:
    some = reads()
    history = Histories.of(some.user, some.article, some.time_ms, some.engagement, 1)
    row = features_of(history, TOPICS, SIZES)[0]
    assert np.isnan(row[:QUANTITIES]).all()
    np.testing.assert_allclose(row[QUANTITIES:], features(some, 1, TOPICS, SIZES)[0, QUANTITIES:])
