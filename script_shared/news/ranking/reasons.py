"""Explains why an article is in the list, and its score: by live signals, or else by the part that added it."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from script_shared.arrays import Float32s, IntArray
from script_shared.news.ranking.candidates import Candidates, Source
from script_shared.news.ranking.features import matrix
from script_shared.news.ranking.ordering import LiveOrder
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.segment_list import SegmentList
from script_shared.news.ranking.signals import MIX_FOLLOWING, MIX_HOUR, MIX_LATER, MIX_NOW, MIX_TOGETHER

TRENDING = "trending in the last "
LIKE, SIMILAR, NEW, TRIED = (
    "like what you read",
    "popular with similar readers",
    "just published",
    "new, still unproven",
)
EDITORS = "chosen by the editors"
SEEN, ALSO = "read by readers of what you read", "also recent"
EXPLAINED = 6
TEN_MINUTES, ONE_HOUR = Source.TRENDING_10M.value, Source.TRENDING_1H.value
TEXT, SEGMENT, FRESH = Source.TEXT.value, Source.SEGMENT.value, Source.FRESH.value
MIX_PARTS = ("last_10_minutes", "last_hour", "visit", "earlier_visits")
Title = Callable[[str], str]


@lru_cache(64)
def span(minutes: int) -> str:
    """A duration in words, for the windows of any pace.

    >>> span(10), span(60), span(80), span(480), span(3840)
    ('10 minutes', 'hour', '80 minutes', '8 hours', '3 days')
    """
    if minutes == 60:
        return "hour"
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"


class Reasons:
    """Explains the candidates of one request.

    Args:
        found: the candidates.
        segment: the list of the segment's model; its reasons are looked up only when they are needed.
        title: the title of an article id, "" if unknown.
    """

    def __init__(self, found: Candidates, segment: SegmentList | None, title: Title) -> None:
        self._found, self._segment, self._title = found, segment, title
        self._pace = found.signals.state.params.pace
        self._said: dict[int, list[float]] = {}
        self._leaders: dict[int, int] = {}
        self._phrases: dict[int, str] = {}

    def look_at(self, places: Sequence[int]) -> None:
        """Read the live signals of the candidates to explain, once for all of them.

        Args:
            places: of the candidates, from 0.
        """
        at, signals = np.array(places, np.int64), self._found.signals
        parts = mix_parts(self._found, at)
        self._said = dict(zip(places, parts.T.tolist(), strict=True))
        if len(signals.visit):
            weights = signals.state.counts.together.weights(1, signals.visit[:, None], self._found.rows[at])
            leaders = (weights * signals.visit_weights[:, None]).argmax(axis=0)
            self._leaders = dict(zip(places, leaders.tolist(), strict=True))

    def of(self, place: int, article_id: str) -> tuple[str, str]:
        """Reason and source of the candidate at one of these places.

        Args:
            place: one of those given to ``look_at``.
            article_id: of the candidate.

        Returns:
            a phrase for people, and the name of the part that added the article.
        """
        sources = int(self._found.sources[place])
        now, hour, visit, earlier = self._said[place]
        parts = [now if sources & TEN_MINUTES else 0.0, hour if sources & ONE_HOUR else 0.0, visit, earlier]
        best = parts.index(max(parts))
        if parts[best] <= 0:
            return self._reason_of_part(article_id, sources)
        if best == 0:
            return TRENDING + span(10 * self._pace), "trending_10m"
        if best == 1:
            return TRENDING + span(60 * self._pace), "trending_1h"
        if best == 2:
            return self._after(place), "session"
        return SEEN, "history"

    def _reason_of_part(self, article_id: str, sources: int) -> tuple[str, str]:
        if sources & TEXT:
            return LIKE, "text"
        if sources & SEGMENT:
            given = self._segment.reason(article_id) if self._segment is not None else None
            return given or SIMILAR, "segment"
        return (NEW, "fresh") if sources & FRESH else (ALSO, "rest")

    def _after(self, place: int) -> str:
        """The title of the article of the visit after which this one is read most."""
        leader, signals = self._leaders[place], self._found.signals
        phrase = self._phrases.get(leader)
        if phrase is None:
            title = self._title(signals.state.article_id(int(signals.visit[leader])))
            phrase = self._phrases[leader] = f"read after “{title}”" if title else "read after what you just read"
        return phrase


def mix_parts(found: Candidates, places: IntArray) -> Float32s:
    """float32 (4, m): what the last 10 minutes, the last hour, the visit and earlier visits add to the mix."""
    signals, rows = found.signals, found.rows[places]
    parts = np.zeros((4, len(rows)), np.float32)
    parts[0], parts[1] = MIX_NOW * signals.share_of("10m", rows), MIX_HOUR * signals.share_of("1h", rows)
    if len(signals.visit):
        parts[2] = MIX_TOGETHER * signals.together[1, rows] + MIX_FOLLOWING * signals.following[1, rows]
    if len(signals.earlier):
        parts[3] = MIX_LATER * signals.later[1, rows]
    return parts


def explain_places(order: LiveOrder, ranker: Ranker | None, places: Sequence[int]) -> list[dict[str, float]]:
    """What added most to the score of each candidate, greatest first: features of the ranker, or parts of the mix.

    Args:
        order: the live order that was served.
        ranker: None if the release has none; parts of the plain mix are given then.
        places: places in ``order`` of the articles to explain, from 0.

    Returns:
        for each place, what was added to its score by at most ``EXPLAINED`` features or parts, by name; in units of the
        raw score, rounded to five digits.
    """
    at = np.array(places, np.int64)
    if order.source == "ranker" and ranker is not None:
        names, values = ranker.names, ranker.contributions(matrix(order.found, ranker.names)[at])
    else:
        names, values = MIX_PARTS, mix_parts(order.found, at).T
    best = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :EXPLAINED]
    most = np.take_along_axis(values, best, axis=1).astype(float)
    return [
        {names[column]: round(value, 5) for column, value in zip(columns, row, strict=True)}
        for columns, row in zip(best.tolist(), most.tolist(), strict=True)
    ]
