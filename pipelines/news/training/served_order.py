"""Requests that the ranker does not learn from, to compare serving with it, without it, and with each mixing.

A choice is judged on the order that is served and on nothing else: the scores of the two stages that serve, mixed with
the segment's list as far as the live order is relied on, without what may not be shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.news.ranking.features import matrix
from script_shared.news.ranking.mixing import Mixing, clicks_of_an_hour, reliance
from script_shared.news.ranking.offer import Offer
from script_shared.news.ranking.ordering import LiveOrder, fuse
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.segments import SEGMENT_NAMES

LEAST_SHOWN = 50  # clicks of a segment; with fewer, those of all segments decide


@dataclass(frozen=True)
class RecordedRequest:
    """A copy of one request, because the live state changes.

    Attributes:
        place: of the click in the stream.
        wanted: the article that was read.
        ids: of the candidates; ``features``: of them, all columns.
        plain: ids in the order without a ranker.
        listed: ids of the segment's list.
        allowed: those of both that may be shown to the user.
        clicks: decayed clicks of an hour.
    """

    place: int
    wanted: str
    ids: list[str]
    features: FloatArray
    plain: list[str]
    listed: list[str]
    allowed: frozenset[str]
    clicks: float

    @classmethod
    def of(cls, place: int, wanted: str, offer: Offer) -> "RecordedRequest":
        """A copy of a request's candidates; there must be some."""
        found, context = offer.found, offer.context
        assert found is not None
        state = found.signals.state
        ids = [state.article_id(row) for row in found.rows.tolist()]
        listed = offer.segment.ids if offer.segment is not None else []
        allowed = frozenset(context.available_ids([*ids, *listed]))
        plain = list(LiveOrder.of(found, None).ids)
        clicks = clicks_of_an_hour(state, context.now_ms)
        return cls(place, wanted, ids, matrix(found), plain, listed, allowed, clicks)

    def reciprocal(self, scores: FloatArray | None, enough: float) -> float:
        """One over the place of the article in the list that is served, 0 where it is not in it.

        Args:
            scores: the ranker's, None without one.
            enough: decayed clicks per hour from which the live order is used alone.
        """
        live = self.plain
        if scores is not None:
            live = [self.ids[place] for place in np.argsort(-scores, kind="stable").tolist()]
        place = place_of(self.wanted, fuse(live, self.listed, reliance(self.clicks, enough)), self.allowed)
        return 1.0 / (place + 1) if place is not None else 0.0


def place_of(wanted: str, order: Iterable[str], allowed: frozenset[str]) -> int | None:
    """The place of an article among those that may be shown, each counted once.

    >>> place_of("c", ["a", "x", "a", "c"], frozenset("abc"))
    1
    """
    seen: set[str] = set()
    for article in order:
        if article in allowed and article not in seen:
            if article == wanted:
                return len(seen)
            seen.add(article)
    return None


class Choice(NamedTuple):
    """How one segment is served: with the ranker or not, and from how many clicks the live order is used alone."""

    ranker: bool
    enough: float
    facts: dict[str, Any]


def choices(
    shown: Sequence[RecordedRequest], segments: IntArray, ranker: Ranker | None, grid: Sequence[float]
) -> dict[str, Choice]:
    """By segment the best of all ways to serve it, by reciprocal rank in the list that is served.

    Of ways that are alike the first wins: without the ranker before with it, and the grid in its order.

    Args:
        segments: (shown) number of the user's segment.
        grid: numbers of clicks to try.
    """
    ways = [(with_ranker, enough) for with_ranker in ((False, True) if ranker else (False,)) for enough in grid]
    values = np.zeros((len(shown), len(ways)))
    for row, case in enumerate(shown):
        scores = ranker.rank_rows(case.features) if ranker is not None else None
        values[row] = [case.reciprocal(scores if with_ranker else None, enough) for with_ranker, enough in ways]
    return {name: _choice(values[segments == code], values, ways) for code, name in enumerate(SEGMENT_NAMES)}


def _choice(mine: FloatArray, everybody: FloatArray, ways: list[tuple[bool, float]]) -> Choice:
    of = mine if len(mine) >= LEAST_SHOWN else everybody
    means = of.mean(axis=0) if len(of) else np.zeros(len(ways))
    best = int(means.argmax())
    with_ranker = np.array([way[0] for way in ways])
    facts = {
        "clicks": len(mine),
        "mrr_ranker": round(float(means[with_ranker].max(initial=0.0)), 4),
        "mrr_without": round(float(means[~with_ranker].max(initial=0.0)), 4),
        "served": ways[best][0],
        "trusted_clicks": ways[best][1],
    }
    return Choice(*ways[best], facts)


def mixing_of(chosen: dict[str, Choice], otherwise: float) -> Mixing:
    """The choices as a release keeps them."""
    return Mixing(otherwise, {name: choice.enough for name, choice in chosen.items()})
