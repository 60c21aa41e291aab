"""What is read most now, by everybody, in a section, or by the users of a region: one plain list."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from script_shared.arrays import Bools, FloatArray
from script_shared.news.counting import windows
from script_shared.news.state.state import LiveState

LEAST = 0.5  # clicks below which an article is not read now


class Read(NamedTuple):
    """One article: its decayed clicks in the window, and their share of those of the whole list, 0..1."""

    article_id: str
    clicks: float
    share: float


def most_read(state: LiveState, window: str, now_ms: int, *, within: Bools | None, region: str) -> Iterator[Read]:
    """Articles by their clicks in a window, most first.

    Args:
        state: the live state.
        window: one of ``windows.TREND``.
        now_ms: epoch milliseconds, UTC; a moment before the state's latest event counts as that event's time.
        within: bool (used), rows that count, such as those of one section; None for all.
        region: counts the clicks of its users only; "" for all.

    Yields:
        each article with its decayed clicks and its share, 0 to 1, of all that count; articles with next to no clicks
        are left out.
    """
    clicks = clicks_in(state, window, now_ms, region)
    if within is not None:
        clicks = np.where(within, clicks, 0.0)
    total = float(clicks.sum())
    for row in np.argsort(-clicks, kind="stable").tolist():
        if clicks[row] < LEAST:
            return
        yield Read(state.article_id(row), float(clicks[row]), float(clicks[row]) / total)


def clicks_in(state: LiveState, window: str, now_ms: int, region: str) -> FloatArray:
    """float (used): decayed clicks of each row in a window.

    Args:
        state: the live state.
        window: one of ``windows.TREND``; the one that lasts as long at the site's pace is used.
        now_ms: the moment, epoch milliseconds, UTC.
        region: counts the clicks of its users only; "" for all.
    """
    window = windows.nearest(window, windows.TREND, state.params.pace)
    clicks: FloatArray = _clicks(state, window, region)
    return clicks * state.counts.decay.factors(max(now_ms, state.now_ms))[windows.INDEX[window]]


def _clicks(state: LiveState, window: str, region: str) -> FloatArray:
    used = state.articles.used
    if not region:
        return state.counts.overall.sums[windows.OVERALL.index(window), 0, :used]
    code = state.group_names.regions.get(region)
    return state.counts.trends.sums[windows.TREND.index(window), code, :used] if code is not None else np.zeros(used)
