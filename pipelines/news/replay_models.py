"""What answers in a replay of the held-out window: composed releases, and plain lists of what is read most."""

from collections.abc import Callable
from dataclasses import replace

from pipelines.news.replay_figures import MISSED
from pipelines.news.walk import Walk
from script_shared.news.live import windows
from script_shared.news.live.query import Query
from script_shared.news.live.recommend import LiveRecommender
from script_shared.news.live.signals import Signals

Model = Callable[[Query, int, str], int]
MOST_READ = {f"most_read_{window}": window for window in ("10m", "1h")}
MOST_READ_10M, WITHOUT = "most_read_10m", "without_ranker"


def answering(recommender: LiveRecommender, n: int) -> Model:
    """Rank of the clicked article in the answer of n items that the reader would have got; nothing is explored."""

    def rank(query: Query, now_ms: int, article: str) -> int:
        answer = recommender.answer(replace(query, n=n, explore_slots=0))
        ids = [item.article_id for item in answer.items]
        return ids.index(article) if article in ids else MISSED

    return rank


def most_read(walk: Walk, window: str) -> Model:
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
        allowed = state.articles.number_in[: signals.used] >= 0
        allowed[signals.read] = False
        return int(((sums >= sums[row]) & allowed).sum()) - 1 if sums[row] > 0 else MISSED

    return rank
