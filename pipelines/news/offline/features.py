"""What a model of clicks knows of an article at the moment of a served list."""

from collections.abc import Sequence

import numpy as np

from pipelines.news.offline.candidate import Moment
from script_shared.arrays import FloatArray
from script_shared.clock import HOUR_MS
from script_shared.news.counting import windows

_HOUR = windows.OVERALL.index("1h")
FEATURES = (
    "clicks by window",
    "share of the hour",
    "impressions",
    "age",
    "place in the served order",
    "hour of the day",
)


def features_of(moment: Moment, articles: Sequence[str], order: Sequence[str]) -> FloatArray:
    """What the model of clicks knows of articles at a moment; nan where the live state has no such article.

    An article that is not in the known part of the order comes after it. So the model expects no more of it than of the
    last article there; a missing value it would treat like any place.

    Args:
        moment: of a served list.
        articles: ids.
        order: ids in the order of the release that served, as far as it is known.

    Returns:
        Float (articles, features): ``FEATURES``, clicks in seven windows.
    """
    state, hour = moment.newsroom.state, moment.now_ms / HOUR_MS % 24
    place = {article: at for at, article in enumerate(order)}
    places = np.array([place.get(article, len(order)) for article in articles], np.float64)
    hours = np.full(len(articles), hour)
    if state is None:
        return np.column_stack([np.full((len(articles), len(windows.OVERALL) + 3), np.nan), places, hours])
    rows = np.array([state.article_row(article) for article in articles], np.int64)
    factors = np.array(state.counts.decay.factors(moment.now_ms))
    overall, shown = state.counts.overall, state.counts.shown_counts
    clicks = overall.sums[:, 0][:, rows].T * factors[list(overall.windows)]
    impressions = shown.sums[0, 0, rows] * factors[shown.windows[0]]
    age = np.log1p(np.maximum(moment.now_ms - state.articles.first_ms[rows], 0.0) / HOUR_MS)
    total = float(overall.totals[_HOUR, 0]) + 1e-30
    found = np.column_stack([np.log1p(clicks), overall.sums[_HOUR, 0, rows] / total, np.log1p(impressions), age])
    found[rows < 0] = np.nan
    return np.column_stack([found, places, hours])
