"""Turns a chosen list into items with score, reason, source and, on request, an explanation."""

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from script_shared.news.ranking.ordering import LiveOrder, Order
from script_shared.news.ranking.query import LiveItem
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.reasons import ALSO, EDITORS, TRIED, Reasons, Title, explain_places
from script_shared.news.ranking.segment_list import SegmentList
from script_shared.news.serving.lists import ChosenList


def plain_items(chosen: ChosenList) -> list[LiveItem]:
    """Items of which nothing is known but their order, and which of them editors chose."""
    why = dict.fromkeys(chosen.by_editors, (EDITORS, "editors"))
    return [LiveItem(article, 0.0, *why.get(article, (ALSO, "rest"))) for article in chosen.ids]


def items_of(chosen: ChosenList, order: Order, ranker: Ranker | None, title: Title, *, explain: bool) -> list[LiveItem]:
    """One item for each article of a list, the scores never rising.

    Args:
        title: the title of an article id, "" when unknown.
        explain: whether each item says what made its score.
    """
    live = _live_scores(chosen.ids, order, title) if order.live is not None and order.trust else None
    said: dict[str, dict[str, float]] = {}
    if explain and live is not None and live.place:
        values = explain_places(live.order, ranker, list(live.place.values()))
        said = dict(zip(live.place, values, strict=True))
    items, least, tried = [], 1.0, set(chosen.explored)
    for article in chosen.ids:
        score, reason, source = _why(article, live, order.segment)
        if article in chosen.by_editors:
            score, reason, source = least, EDITORS, "editors"  # a low score here must not lower all that follow
        least = min(least, score)
        if article in tried and article not in chosen.by_editors:
            reason, source = TRIED, "explored"
        items.append(LiveItem(article, least, reason, source, said.get(article, {}) if explain else None))
    return items


class _LiveScores(NamedTuple):
    """The live order, the places in it of the articles of a list, and reasons for them."""

    order: LiveOrder
    place: dict[str, int]
    reasons: Reasons


def _live_scores(article_ids: Sequence[str], order: Order, title: Title) -> _LiveScores:
    assert order.live is not None
    place = order.live.place_of(article_ids)
    reasons = Reasons(order.live.found, order.segment, title)
    reasons.look_at(list(place.values()))
    return _LiveScores(order.live, place, reasons)


def _why(article: str, live: _LiveScores | None, segment: SegmentList | None) -> tuple[float, str, str]:
    """Score, reason and source of an article."""
    place = live.place.get(article) if live is not None else None
    if live is not None and place is not None:
        score = 1.0 / (1.0 + exp(-max(-500.0, min(500.0, float(live.order.scores[place])))))
        return score, *live.reasons.of(place, article)
    if segment is not None and article in segment.reasons:
        return segment.scores[article], segment.reasons[article], "segment"
    return 0.0, ALSO, "rest"
