"""What a benchmark may know and no recommender can: the clicks after a moment, and those around it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case
from script_shared.arrays import Float32s, Int64s, IntArray
from tests.benchmarks.peers import Past

AHEAD_MS, LIST_MS = 600_000, 300_000  # how far the orders see; how long one list holds
AHEAD = ("next_10m", "next_10m_segment")  # features that know the clicks to come


@dataclass
class Ahead:
    """The clicks after a moment, and the clicks of the 5 minutes around it, which no recommender can know.

    Attributes:
        past: the clicks.
    """

    past: Past
    _kept: dict[tuple[int, int], Int64s] = field(default_factory=dict)

    @property
    def stream(self) -> Stream:
        """The clicks."""
        return self.past.stream

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Row of each article id in the stream."""
        return {article: row for row, article in enumerate(self.stream.article_ids)}

    def next_clicks(self, place: int) -> tuple[Int64s, Int64s]:
        """int64 (articles): clicks by other users in the next 10 minutes, of all users and of the user's segment.

        Args:
            place: of the click in the stream; it comes just after the moment.
        """
        stream, now = self.stream, int(self.stream.time_ms[place])
        after = stream.between(now, now + AHEAD_MS)
        part = slice(after.start, after.stop)
        others = stream.user[part] != stream.user[place]
        alike = others & (stream.segments[part] == stream.segments[place])
        return self._count(stream.article[part][others]), self._count(stream.article[part][alike])

    def around(self, place: int) -> Int64s:
        """int64 (articles): clicks of the user's segment in the 5 minutes of a click, on articles new to the user."""
        turn = int(self.stream.time_ms[place]) // LIST_MS
        key = turn, int(self.stream.segments[place])
        if key not in self._kept:
            self._kept = {of: counts for of, counts in self._kept.items() if of[0] == turn}
            self._kept[key] = self._count(self._clicks_around(*key))
        return self._kept[key]

    def around_of_others(self, place: int) -> Int64s:
        """The same without the clicks of the user."""
        turn, segment = int(self.stream.time_ms[place]) // LIST_MS, int(self.stream.segments[place])
        own = self._clicks_around(turn, segment, int(self.stream.user[place]))
        return self.around(place) - self._count(own)

    def _clicks_around(self, turn: int, segment: int, user: int = -1) -> IntArray:
        stream = self.stream
        within = stream.between(turn * LIST_MS, (turn + 1) * LIST_MS)
        part = slice(within.start, within.stop)
        wanted = (stream.segments[part] == segment) & ~stream.reread[part]
        if user >= 0:
            wanted &= stream.user[part] == user
        articles: IntArray = stream.article[part][wanted]
        return articles

    def _count(self, articles: IntArray) -> Int64s:
        return np.bincount(articles, minlength=len(self.stream.article_ids))

    def rank(self, clicks: Int64s, place: int) -> int:
        """Rank of the clicked article by clicks among what the user has not read, from 0; the lower row wins ties."""
        own = int(self.stream.article[place])
        if not clicks[own]:
            return MISSED
        above = clicks > clicks[own]
        above[:own] |= clicks[:own] == clicks[own]
        above[self.stream.article[self.past.of_user(place)]] = False
        return int(above.sum())

    def columns(self, case: Case) -> Float32s:
        """float32 (m, ``AHEAD``): log share of the clicks to come of each candidate."""
        state, rows = case.found.signals.state, case.found.rows.tolist()
        articles = [self.numbers[state.article_id(row)] for row in rows]
        shares = [(of[articles] + 0.1) / (of.sum() + 1.0) for of in self.next_clicks(case.place)]
        return np.log(np.stack(shares, axis=1)).astype(np.float32)
