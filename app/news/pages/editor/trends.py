"""Clicks per hour of articles over times from a day to two minutes."""

from collections.abc import Sequence
from math import log

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.news.counting import windows
from script_shared.news.serving.most_read import clicks_in
from script_shared.news.state.state import LiveState

COURSE = tuple(reversed(windows.TREND))  # the longest time first


def rates(state: LiveState, now_ms: int, article_ids: Sequence[str], region: str) -> FloatArray:
    """float (articles, 5): clicks per hour in each of ``COURSE``.

    Clicks that come at a constant rate r add up to r times the half-life / ln 2 in a decayed window, so the rate is the
    sum times ln 2 / half-life.

    Args:
        state: the live state.
        now_ms: the moment, epoch milliseconds, UTC.
        article_ids: of live articles.
        region: counts the clicks of its users only; "" for all.
    """
    rows = np.array([state.article_row(article) for article in article_ids], np.int64)
    pace, columns = state.params.pace, []
    for window in COURSE:
        clicks = clicks_in(state, window, now_ms, region)
        hours = windows.HALF_LIVES_HOURS[windows.nearest(window, windows.TREND, pace)] * pace
        columns.append(clicks[rows] * log(2) / hours)
    return np.stack(columns, axis=1) if len(rows) else np.zeros((0, len(COURSE)))
