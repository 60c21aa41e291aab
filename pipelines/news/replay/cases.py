"""Folds events in time order into the live state, and makes the request just before each chosen click."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from pipelines.news.replay.stream import Stream
from script_shared.news.ranking.candidates import Candidates, candidates
from script_shared.news.state.state import LiveState

CHUNK = 4096


class Case(NamedTuple):
    """A click that is evaluated.

    Attributes:
        place: of the click in the stream.
        found: the candidates just before it.
        truth: position of the clicked article among them, -1 when it is not there.
    """

    place: int
    found: Candidates
    truth: int


class Replay:
    """Replays one stream once; at each request, the state knows every earlier click and none of that moment.

    Attributes:
        stream: the clicks.
        state: the live state.
        folded: how many clicks it knows.
    """

    def __init__(self, stream: Stream, state: LiveState) -> None:
        self.stream, self.state, self.folded = stream, state, 0

    def fold_until(self, place: int) -> None:
        """Let the state know every click before ``place``."""
        while self.folded < place:
            stop = min(place, self.folded + CHUNK)
            self.state.fold(self.stream.events(self.folded, stop))
            self.folded = stop

    def cases(self, places: Iterable[int]) -> Iterator[Case]:
        """Make the request before each of the clicks, in ascending order; exclude clicks on articles read before."""
        for place in places:
            self.fold_until(self.stream.first_of_moment(place))
            found = candidates(self.state, self.stream.query(place), int(self.stream.time_ms[place]))
            yield case_of(place, found, self.state.article_row(self.stream.article_id(place)))


def case_of(place: int, found: Candidates, row: int) -> Case:
    """The case of a click on the article in a row of the live state, -1 for none."""
    hits = np.flatnonzero(found.rows == row)  # -1, no row at all, is never among them
    return Case(place, found, int(hits[0]) if len(hits) else -1)
