"""Clicks in time order through the newsroom that serves; at chosen ones, the request of the user just before."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from pipelines.news.replay.stream import Stream
from script_shared.arrays import IntArray
from script_shared.clock import Clock
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState

CHUNK = 4096
DAY_MS = 86_400_000


class Walk:
    """Walks one stream once; at each request, the newsroom knows every earlier click and none of that moment.

    Args:
        stream: the clicks.
        newsroom: what it knows already; it is folded on.
        folded: place of the first click that it does not know.
    """

    def __init__(self, stream: Stream, newsroom: Newsroom, folded: int) -> None:
        self.stream, self.newsroom, self.folded = stream, newsroom, folded

    @classmethod
    def towards(cls, stream: Stream, moment_ms: int, params: NewsParams, pace: int | None = None) -> "Walk":
        """A walk that begins ``ranking.fold_days`` before a moment with an empty newsroom.

        Args:
            pace: of the live windows; that of the params by default.
        """
        since = moment_ms - round(params.ranking.fold_days * DAY_MS)
        live = params.live if pace is None else params.live.model_copy(update={"pace": pace})
        return cls(stream, Newsroom(LiveState(live)), place_after(stream, since))

    @property
    def state(self) -> LiveState:
        """The live state."""
        assert self.newsroom.state is not None
        return self.newsroom.state

    def fold_until(self, place: int) -> None:
        """Let the newsroom know every click before ``place``."""
        while self.folded < place:
            stop = min(place, self.folded + CHUNK)
            events = self.stream.events(self.folded, stop)
            for event, weight in zip(events, self.state.fold(events), strict=True):
                self.newsroom.last_hour.add(event.article, event.time_ms, weight)
            self.folded = stop

    def requests(self, places: Iterable[int], *asked: LiveRecommender) -> Iterator[tuple[int, Query]]:
        """For each click, ascending: its place and its user's request, all before it folded and clocks moved on."""
        for place in places:
            self.fold_until(self.stream.first_of_moment(place))
            for recommender in asked:
                recommender.clock.advance(int(self.stream.time_ms[place]))
            yield place, self.stream.query(place)


def place_after(stream: Stream, moment_ms: int) -> int:
    """Place of the first click after a moment."""
    return int(np.searchsorted(stream.time_ms, moment_ms, "right"))


def recommender_of(
    folder: Path,
    walk: Walk,
    as_of_ms: int,
    params: NewsParams,
    ranker: Ranker | None = None,
    mixing: Mixing | None = None,
) -> LiveRecommender:
    """A release folder composed as the API composes it, over the walk's newsroom, with the clock at a moment.

    Raises:
        ReleaseError: the folder cannot be loaded.
    """
    model = NewsModel.load(folder)
    model.clock = Clock("data", as_of_ms)
    return LiveRecommender(model, walk.newsroom, ranker, params.serving, mixing=mixing)


def segments_of(stream: Stream, places: Sequence[int] | IntArray) -> IntArray:
    """int8: segment of each click's user just before it."""
    segments: IntArray = stream.segments[np.asarray(places, np.int64)]
    return segments
