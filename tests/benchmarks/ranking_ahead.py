"""What a benchmark may know and no recommender can: the clicks after a moment, and those around it."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pipelines.news.dataset import NONE
from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case
from script_shared.arrays import Float32s, Int64s, IntArray
from tests.benchmarks.peers import Past

AHEAD_MS, FOLLOWING_MS = 600_000, 1_800_000  # how far all clicks, and those after one article, are seen
LIST_MS = 300_000  # how long one list holds
AHEAD = ("next_10m", "next_10m_segment", "next_10m_place", "next_10m_region", "next_30m_after_last")


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

    @cached_property
    def before(self) -> IntArray:
        """int64 (n): article that was clicked before in the same session, -1 for none."""
        sessions, articles = self.stream.session, self.stream.article
        order = np.argsort(sessions, kind="stable")
        later = np.flatnonzero(sessions[order][1:] == sessions[order][:-1]) + 1
        found = np.full(len(articles), NONE)
        found[order[later]] = articles[order[later - 1]]
        found[sessions == NONE] = NONE
        return found

    @cached_property
    def _after_article(self) -> tuple[IntArray, IntArray]:
        """Places by the article before, and where those of each article begin."""
        order = np.argsort(self.before, kind="stable")
        return order, np.searchsorted(self.before[order], np.arange(len(self.stream.article_ids) + 1))

    def next_clicks(self, place: int) -> Int64s:
        """int64 (``AHEAD``, articles): clicks by other users after a moment.

        The first four rows are of the next 10 minutes: of all users, of the user's segment, at the same place in a
        visit (the first click or a later one), and from the user's region. The last one is what follows the
        article that the user read last, in the next 30 minutes.

        Args:
            place: of the click in the stream; it comes just after the moment.
        """
        stream, now = self.stream, int(self.stream.time_ms[place])
        after = stream.between(now, now + AHEAD_MS)
        places = np.arange(after.start, after.stop)
        places = places[stream.user[places] != stream.user[place]]
        alike = (stream.segments, stream.place_in_session[0], stream.context["region"])
        rows = [places, *(places[of[places] == of[place]] for of in alike), self._following(place)]
        return np.stack([self._count(stream.article[row]) for row in rows])

    def _following(self, place: int) -> IntArray:
        """Places of other users' clicks after the article that the user read last."""
        stream, last, now = self.stream, int(self.before[place]), int(self.stream.time_ms[place])
        if last == NONE:
            return np.zeros(0, np.int64)
        order, starts = self._after_article
        places = order[starts[last] : starts[last + 1]]
        low, high = np.searchsorted(stream.time_ms[places], [now, now + FOLLOWING_MS])
        places = places[low:high]
        found: IntArray = places[stream.user[places] != stream.user[place]]
        return found

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
        clicks = self.next_clicks(case.place)
        shares = (clicks[:, articles] + 0.1) / (clicks.sum(axis=1, keepdims=True) + 1.0)
        return np.log(shares.T).astype(np.float32)
