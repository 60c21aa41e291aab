"""Turns a chosen list into items with score, reason, source and, on request, an explanation."""

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

from script_shared.news.ranking.context import RequestContext
from script_shared.news.ranking.ordering import LiveOrder, explained
from script_shared.news.ranking.query import LiveItem
from script_shared.news.ranking.reasons import ALSO, TRIED, Reasons
from script_shared.news.ranking.segment_list import SegmentList

if TYPE_CHECKING:
    from script_shared.news.serving.recommender import LiveRecommender


class Items:
    """Makes the items of one answer."""

    def __init__(
        self, by: "LiveRecommender", context: RequestContext, order: LiveOrder | None, segment: SegmentList | None
    ) -> None:
        self._by, self._context, self._order, self._segment = by, context, order, segment
        self._place: dict[str, int] = {}
        self._explained: dict[str, dict[str, float]] = {}
        self._reasons = (
            Reasons(order.found, segment.reasons if segment else {}, lambda article: by.shown(article).title)
            if order is not None
            else None
        )
        self._tried = set(context.explored)

    def all(self, chosen: Sequence[str]) -> list[LiveItem]:
        """One item for each article, the scores never rising."""
        self._place = self._order.place_of(chosen) if self._order is not None else {}
        if self._reasons is not None:
            self._reasons.look_at(list(self._place.values()))
        if self._context.query.explain and self._order is not None and self._place:
            said = explained(self._order, self._by.ranker, list(self._place.values()))
            self._explained = dict(zip(self._place, said, strict=True))
        items, least = [], 1.0
        for article in chosen:
            least = min(least, self._score(article))
            items.append(self._item(article, least))
        return items

    def _item(self, article: str, score: float) -> LiveItem:
        reason, source = self._why(article)
        explain = self._explained.get(article, {}) if self._context.query.explain else None
        return LiveItem(article, score, reason, source, explain)

    def _why(self, article: str) -> tuple[str, str]:
        if article in self._tried:
            return TRIED, "explored"
        place = self._place.get(article)
        if place is not None and self._reasons is not None:
            return self._reasons.of(place, article)
        if self._segment is not None and article in self._segment.reasons:
            return self._segment.reasons[article], "segment"
        return ALSO, "rest"

    def _score(self, article: str) -> float:
        place = self._place.get(article)
        if place is not None and self._order is not None:
            return 1.0 / (1.0 + exp(-max(-500.0, min(500.0, float(self._order.scores[place])))))
        return self._segment.scores.get(article, 0.0) if self._segment is not None else 0.0
