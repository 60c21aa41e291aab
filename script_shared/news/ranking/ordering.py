"""The order of articles for one request: candidates by their scores, and the segment's list if live data are few."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from script_shared.arrays import FloatArray, Int64s, IntArray
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.degradation import Degradation
from script_shared.news.ranking.mixing import Mixing, clicks_of_an_hour
from script_shared.news.ranking.offer import Offer
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.segment_list import SegmentList

TOGETHER = 32  # articles whose ids are looked up at once
FUSION = 10.0  # places that count nearly alike when two orders are mixed


@dataclass(frozen=True)
class LiveOrder:
    """Candidates in the order in which they are shown.

    Attributes:
        found: the candidates; ``places``: their places, best first.
        scores: by place in ``found``.
        source: ``ranker`` or ``live``.
    """

    found: Candidates
    places: IntArray
    scores: FloatArray
    source: str

    @classmethod
    def of(cls, found: Candidates, scores: FloatArray | None) -> "LiveOrder":
        """Order by score; without scores, keep the candidates' own order and leave out those without live signals.

        Args:
            found: m candidates.
            scores: float (m), higher is better; None without a ranker.
        """
        if scores is not None:
            return cls(found, np.argsort(-scores, kind="stable"), scores, "ranker")
        places = np.arange(len(found))
        return cls(found, places[found.mix > 0], -places / 8.0, "live")

    @property
    def ids(self) -> Iterator[str]:
        """Article ids, best first; looked up in pieces, because a list needs only the first of them."""
        articles, rows = self.found.signals.state.articles, self.found.rows[self.places]
        pieces = (rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER))
        return chain.from_iterable(map(articles.ids_in, pieces))

    def place_of(self, article_ids: Sequence[str]) -> dict[str, int]:
        """The places of the articles that are candidates.

        Args:
            article_ids: of any articles.

        Returns:
            place among the candidates, from 0, by article id.
        """
        articles, first = self.found.signals.state.articles, self.places[:TOGETHER]
        rows = articles.find_all(article_ids)
        at = dict(zip(self.found.rows[first].tolist(), first.tolist(), strict=True))
        if not all(map(at.__contains__, rows)):  # some are beyond the first places, or no candidates
            at = {row: place for place, row in enumerate(self.found.rows.tolist())}
        return {article: at[row] for article, row in zip(article_ids, rows, strict=True) if row in at}


class Order(NamedTuple):
    """What one list is made from: the live order, and the list of the segment's model.

    Attributes:
        live: None without candidates; segment: None if the model is broken or missing.
        trust: weight of the live order, 0..1.
    """

    live: LiveOrder | None
    segment: SegmentList | None
    trust: float

    @property
    def ids(self) -> Iterator[str]:
        """Article ids of both, best first."""
        live, segment = self.live, self.segment
        if live is not None and segment is not None and self.trust >= 1.0:
            return chain(live.ids, segment.ids_when_needed)
        return fuse(live.ids if live else [], segment.ids if segment else [], self.trust)

    def leading(self, count: int) -> Int64s:
        """int64 (count): rows in the live state of the first articles; empty unless all of them are live candidates.

        Args:
            count: number of articles.
        """
        live, mixed = self.live, self.trust < 1.0 and self.segment is not None and len(self.segment.ids) > 0
        if live is None or mixed or len(live.places) < count:
            return np.zeros(0, np.int64)
        return live.found.rows[live.places[:count]]

    def rearrange(self, first: Int64s) -> "Order":
        """The same order with its first articles rearranged.

        Args:
            first: int64 (k), the places of the first ``k`` candidates in their new order.
        """
        live = self.live
        assert live is not None
        places = np.concatenate([live.places[first], live.places[len(first) :]])
        return Order(LiveOrder(live.found, places, live.scores, live.source), self.segment, self.trust)

    @property
    def source(self) -> str:
        """What orders the list: ``ranker``, ``live``, or the segment's own recommender."""
        if self.live is not None and self.trust:
            return self.live.source
        return self.segment.source if self.segment is not None else "popularity"


def order_offer(offer: Offer, ranker: Ranker | None, mixing: Mixing, degraded: Degradation) -> Order:
    """Order what a request can be answered with.

    Args:
        offer: candidates of the live state, and the list of the segment's model.
        ranker: None when the release has none.
        mixing: gives the weight of the live order for a number of clicks.
        degraded: notes ``ranker`` or ``live_ranking`` if that part fails; the other one then makes the order.
    """
    live, trust, found, name = None, 0.0, offer.found, offer.segment_name
    with degraded.part("live_ranking"):
        if found is not None:
            scores = None
            if ranker is not None and ranker.serves(name):
                with degraded.part("ranker"):
                    scores = ranker.rank(found)
            live = LiveOrder.of(found, scores)
    with degraded.part("live_ranking"):
        if found is not None:
            trust = mixing.trust(name, clicks_of_an_hour(found.signals.state, offer.context.now_ms))
    return Order(live, offer.segment, trust)


def fuse(live: Iterable[str], batch: Sequence[str], trust: float) -> Iterator[str]:
    """Merge two orders by reciprocal places; with a trust of 1, the second only follows the first.

    Args:
        live: article ids, best first.
        batch: article ids, best first.
        trust: weight of ``live``, 0 to 1; ``batch`` has the rest.

    >>> list(fuse(["a", "b"], ["c", "a"], 1.0)), list(fuse(["a", "b"], ["c", "a"], 0.0))
    (['a', 'b', 'c', 'a'], ['c', 'a', 'b'])
    """
    if trust >= 1.0 or not batch:
        return chain(live, batch)
    scores: dict[str, float] = {}
    for order, weight in ((list(live), trust), (batch, 1.0 - trust)):
        gains = [weight / (FUSION + place) for place in range(len(order))]
        if not scores and len(first := dict(zip(order, gains, strict=True))) == len(order):
            scores = first
            continue
        for article, gain in zip(order, gains, strict=True):
            scores[article] = scores.get(article, 0.0) + gain
    return iter(sorted(scores, key=scores.__getitem__, reverse=True))
