"""The live order of articles for one request: candidates, ranker, and the segment's list where live data is thin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.news.live import windows
from script_shared.news.live.candidates import Candidates
from script_shared.news.live.features import matrix
from script_shared.news.live.ranker import Ranker
from script_shared.news.live.reasons import mix_parts
from script_shared.news.live.state import LiveState

FUSION = 10.0  # places that count nearly alike when two orders are mixed
EXPLAINED = 6
MIX_PARTS = ("last_10_minutes", "last_hour", "visit", "earlier_visits")


@dataclass(frozen=True)
class LiveOrder:
    """Candidates in the order they are to be shown.

    Attributes:
        found: the candidates; ``places``: of them, best first; ``ids``: their article ids, in that order.
        scores: by place in ``found``.
        source: ``ranker`` or ``live``.
    """

    found: Candidates
    places: IntArray
    ids: list[str]
    scores: FloatArray
    source: str

    @classmethod
    def of(cls, found: Candidates, scores: FloatArray | None) -> "LiveOrder":
        """By scores; without any, in the candidates' own order."""
        m = len(found)
        own = -np.arange(m, dtype=np.float64) / 8.0 if scores is None else scores
        places = np.argsort(-own, kind="stable")
        state = found.signals.state
        ids = [state.article_id(int(row)) for row in found.rows[places]]
        return cls(found, places, ids, own, "live" if scores is None else "ranker")

    def place_of(self) -> dict[str, int]:
        """Where each article stands among the candidates."""
        return dict(zip(self.ids, self.places.tolist(), strict=True))


def fused(live: Sequence[str], batch: Sequence[str], trust: float) -> list[str]:
    """Two orders as one, by reciprocal places; with a trust of 1 the first stands alone, with 0 the second.

    >>> fused(["a", "b"], ["c", "a"], 1.0), fused(["a", "b"], ["c", "a"], 0.0)
    (['a', 'b', 'c'], ['c', 'a', 'b'])
    """
    if trust >= 1.0 or not batch:
        return list(dict.fromkeys([*live, *batch]))
    scores: dict[str, float] = {}
    for order, weight in ((live, trust), (batch, 1.0 - trust)):
        for place, article in enumerate(order):
            scores[article] = scores.get(article, 0.0) + weight / (FUSION + place)
    return sorted(scores, key=lambda article: -scores[article])


def trust(state: LiveState, now_ms: int, clicks: float) -> float:
    """How far the live order can be relied on, 0..1: the decayed clicks of an hour, by the ``clicks`` that suffice."""
    hour = windows.INDEX["1h"]
    total = float(state.overall.totals[state.overall.windows.index(hour), 0])
    return min(1.0, total * state.decay.factors(now_ms)[hour] / clicks)


def explained(order: LiveOrder, ranker: Ranker | None, place: int) -> dict[str, float]:
    """What added most to a candidate's score, greatest first: features of the ranker, or parts of the plain mix."""
    if order.source == "ranker" and ranker is not None:
        names, values = ranker.names, ranker.contributions(matrix(order.found, ranker.names)[[place]])[0]
    else:
        names, values = MIX_PARTS, mix_parts(order.found)[:, place]
    best = np.argsort(-np.abs(values), kind="stable")[:EXPLAINED]
    return {names[at]: round(float(values[at]), 5) for at in best}
