"""What answers in a replay of the held-out window: composed releases, and plain lists of what is read most."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from pipelines.news.replay_figures import MISSED
from pipelines.news.walk import Walk
from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.live import windows
from script_shared.news.live.query import Query
from script_shared.news.live.recommend import LiveRecommender
from script_shared.news.live.rows import Rows
from script_shared.news.live.segment_list import SegmentSource
from script_shared.news.live.signals import Signals

Model = Callable[[Query, int, str], int]
MOST_READ = {f"most_read_{window}": window for window in ("10m", "1h")}
WITHOUT, LISTED = "without_ranker", "segment_model"


def answering(recommender: LiveRecommender, n: int) -> Model:
    """Rank of the clicked article in the answer of n items that the reader would have got; nothing is explored."""

    def rank(query: Query, now_ms: int, article: str) -> int:
        answer = recommender.answer(replace(query, n=n, explore_slots=0))
        ids = [item.article_id for item in answer.items]
        return ids.index(article) if article in ids else MISSED

    return rank


def listing(recommender: LiveRecommender, n: int) -> Model:
    """Rank of the clicked article in the list of the segment's model alone, which knows the reader's live reads."""
    model, newsroom = recommender.model, recommender.newsroom
    assert model is not None
    source = SegmentSource(model, newsroom, Rows(model.catalog))

    def rank(query: Query, now_ms: int, article: str) -> int:
        ids = source.best(query, source.known_reads(query.user), n).ids
        return ids.index(article) if article in ids else MISSED

    return rank


class Alive:
    """Which articles of the live state are published and not expired: the rule that every model is held to.

    Args:
        issued_ms: publication by article id.
    """

    def __init__(self, walk: Walk, issued_ms: Mapping[str, int], max_age_hours: float) -> None:
        self._walk, self._issued_ms, self._max_age_ms = walk, issued_ms, max_age_hours * HOUR_MS
        self._by_number = np.zeros(0)

    def rows(self, used: int, now_ms: int) -> IntArray:
        """bool (used): of the rows of the live state."""
        articles = self._walk.state.articles
        new = articles.ids[len(self._by_number) :]
        if new:
            never = np.inf  # an article that the data does not know is not shown
            more = [self._issued_ms.get(article, never) for article in new]
            self._by_number = np.concatenate([self._by_number, more])
        numbers = articles.number_in[:used]
        issued = self._by_number[np.maximum(numbers, 0)]
        alive: IntArray = (numbers >= 0) & (issued <= now_ms) & (issued >= now_ms - self._max_age_ms)
        return alive


def most_read(walk: Walk, window: str, alive: Alive) -> Model:
    """Rank of the clicked article by clicks decayed with a half-life, over all that is alive and not read yet.

    Articles with equal counts count as better.
    """
    place = windows.OVERALL.index(window)

    def rank(query: Query, now_ms: int, article: str) -> int:
        state = walk.state
        signals, row = Signals(state, query.at(now_ms)), state.article_row(article)
        if not 0 <= row < signals.used:
            return MISSED
        sums = state.overall.sums[place, 0, : signals.used]
        allowed = alive.rows(signals.used, now_ms)
        allowed[signals.read] = False
        return int(((sums >= sums[row]) & allowed).sum()) - 1 if allowed[row] and sums[row] > 0 else MISSED

    return rank
