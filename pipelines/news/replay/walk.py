"""Clicks in time order through the newsroom that serves; at chosen ones, the request of the user just before."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipelines.news.replay.stream import Stream
from script_shared.arrays import Int8s, IntArray
from script_shared.clock import Clock
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.ranking.candidates import Candidates, candidates
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState

CHUNK = 4096
DAY_MS = 86_400_000


class Request(NamedTuple):
    """The request of a user just before a click.

    Attributes:
        place: of the click in the stream.
        query: of the user, with nothing of the click.
        article: the id of the article clicked.
    """

    place: int
    query: Query
    article: str


class Case(NamedTuple):
    """The same with the candidates of the live state.

    Attributes:
        place: of the click in the stream.
        found: the candidates just before it.
        truth: position of the clicked article among them, -1 when it is not there.
    """

    place: int
    found: Candidates
    truth: int


class Walk:
    """Walks one stream once; at each request, the newsroom knows every earlier click and none of that moment.

    Args:
        stream: the clicks.
        newsroom: what it knows already; it is folded on.
        folded: place of the first click that it does not know.
    """

    def __init__(self, stream: Stream, newsroom: Newsroom, folded: int = 0) -> None:
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

    def requests(self, places: Iterable[int], *asked: LiveRecommender) -> Iterator[Request]:
        """The request before each click, in ascending order, all before it folded and clocks moved on."""
        for place in places:
            self.fold_until(self.stream.first_of_moment(place))
            for recommender in asked:
                recommender.clock.advance(int(self.stream.time_ms[place]))
            yield Request(place, self.stream.query(place), self.stream.article_id(place))

    def case(self, place: int, found: Candidates | None = None) -> Case:
        """The candidates before a click, and which of them was clicked, by the live state as it is now.

        Args:
            place: of the click in the stream.
            found: the candidates just before it; None for those of the live state.
        """
        if found is None:
            found = candidates(self.state, self.stream.query(place), int(self.stream.time_ms[place]))
        row = self.state.article_row(self.stream.article_id(place))
        hits = np.flatnonzero(found.rows == row)  # -1, no row at all, is never among them
        return Case(place, found, int(hits[0]) if len(hits) else -1)

    def cases(self, places: Iterable[int]) -> Iterator[Case]:
        """The candidates before each of the clicks, in ascending order."""
        return (self.case(request.place) for request in self.requests(places))


def place_after(stream: Stream, moment_ms: int) -> int:
    """Place of the first click after a moment.

    Args:
        stream: clicks, sorted by time.
        moment_ms: epoch milliseconds, UTC.
    """
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

    Args:
        folder: of the release.
        walk: whose newsroom answers.
        as_of_ms: where the clock begins, epoch milliseconds, UTC.
        params: of serving.
        ranker: None for the order without a ranker.
        mixing: how far the live order is relied on; None for the default of the params.

    Raises:
        ReleaseError: the folder cannot be loaded.
    """
    model = NewsModel.load(folder)
    model.clock = Clock("data", as_of_ms)
    return LiveRecommender(model, walk.newsroom, ranker, params.serving, mixing=mixing)


def segments_of(stream: Stream, places: Sequence[int] | IntArray) -> Int8s:
    """int8: segment of each click's user just before it.

    Args:
        stream: the clicks.
        places: of n clicks in the stream.

    Returns:
        int8 (n), places in ``SEGMENT_NAMES``.
    """
    segments: Int8s = stream.segments[np.asarray(places, np.int64)]
    return segments
