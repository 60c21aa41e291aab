"""Evicts the least-read articles when the table is full."""

from typing import TYPE_CHECKING

import numpy as np

from script_shared.news.counting import windows

if TYPE_CHECKING:
    from script_shared.news.state.state import LiveState

NEW_WORTH, NEW_HALF_LIFE_MS = 5.0, 7_200_000.0  # when rows run out, a new article is worth some clicks


def evict(state: "LiveState") -> None:
    """Free the rows of a sixteenth of the articles: the least read ones that are not new."""
    place = windows.OVERALL.index(windows.EVICT_BY)
    reads = state.overall.sums[place, 0] * state.decay.factors(state.now_ms)[windows.INDEX[windows.EVICT_BY]]
    newness = NEW_WORTH * np.exp2(np.minimum(state.articles.first_ms - state.now_ms, 0.0) / NEW_HALF_LIFE_MS)
    rows = np.argsort(reads + newness, kind="stable")[: max(1, len(reads) // 16)]
    for counts in state.counts:
        counts.clear(rows)
    for pairs in state.pairs:
        pairs.clear(rows)
    state.articles.release(rows)
