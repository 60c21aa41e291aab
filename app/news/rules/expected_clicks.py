"""The clicks that a list can be expected to get, by the scores that order its articles."""

from collections.abc import Sequence
from math import log2

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.news.ranking.ordering import Order


class Chances:
    """The chances of the candidates of one request.

    Of a user who clicks once, the softmax of the scores is taken as the chance that the click is on an article, and
    1 / log2(place + 1) as the chance that the user looks at a place, from 1 on.

    Args:
        order: of the request; without candidates the scores of the segment's list count.
    """

    def __init__(self, order: Order) -> None:
        self._of: dict[str, float] = {}
        if order.live is not None and order.trust:
            ids, chances = list(order.live.ids), softmax(order.live.scores[order.live.places])
            self._of = dict(zip(ids, chances.tolist(), strict=True))
        elif order.segment is not None and (total := sum(order.segment.scores.values())) > 0:
            self._of = {article: score / total for article, score in order.segment.scores.items()}

    def expected_clicks(self, article_ids: Sequence[str]) -> float:
        """Expected clicks of a list, at most 1."""
        return sum(self._of.get(article, 0.0) / log2(place + 2) for place, article in enumerate(article_ids))


def softmax(scores: FloatArray) -> FloatArray:
    """float (m): positive numbers whose sum is 1.

    >>> softmax(np.array([1.0, 1.0])).tolist()
    [0.5, 0.5]
    """
    if not len(scores):
        return np.zeros(0)
    weights: FloatArray = np.exp(np.clip(scores - scores.max(), -60.0, 0.0))
    return weights / weights.sum()
