"""Other recommenders in the ranking benchmark, evaluated on the same clicks, with the same past."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case
from script_shared.arrays import IntArray

LIST = 20


class Past:
    """Everything clicked before a moment, found fast: clicks by user, by article and by session.

    Attributes:
        stream: the clicks.
        sessions: int (n), session of each click, numbered from 0.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        _, self.sessions = np.unique(stream.session, return_inverse=True)

    @cached_property
    def _by_user(self) -> tuple[IntArray, IntArray]:
        return _grouped(self.stream.user)

    @cached_property
    def _by_article(self) -> tuple[IntArray, IntArray]:
        return _grouped(self.stream.article)

    @cached_property
    def _by_session(self) -> tuple[IntArray, IntArray]:
        return _grouped(self.sessions)

    def of_user(self, place: int) -> IntArray:
        """Places of the user's clicks before the moment of a click, ascending."""
        return _before(self._by_user, int(self.stream.user[place]), self.stream.first_of_moment(place))

    def of_article(self, article: int, moment: int) -> IntArray:
        """Places of the clicks on an article before a place."""
        return _before(self._by_article, article, moment)

    def of_session(self, session: int, moment: int) -> IntArray:
        """Places of the clicks of a session before a place."""
        return _before(self._by_session, session, moment)


def _grouped(keys: IntArray) -> tuple[IntArray, IntArray]:
    return np.argsort(keys, kind="stable"), np.r_[0, np.cumsum(np.bincount(keys))]


def _before(grouped: tuple[IntArray, IntArray], key: int, moment: int) -> IntArray:
    order, starts = grouped
    places = order[starts[key] : starts[key + 1]]
    return places[: np.searchsorted(places, moment)]


def most_read_now(case: Case) -> list[str]:
    """The articles read most in the last ten minutes that the user has not read, most read first."""
    signals, state = case.found.signals, case.found.signals.state
    share = signals.share("10m") * (state.articles.number_in[: signals.used] >= 0)
    share[signals.read] = 0.0
    best = np.argsort(-share, kind="stable")[:LIST]
    return [state.article_id(int(row)) for row in best if share[row] > 0]


@dataclass
class AllTime:
    """What was read most ever, as the day began."""

    past: Past
    order: IntArray | None = None

    def recommend(self, place: int, fill: list[str]) -> list[str]:
        stream = self.past.stream
        if self.order is None:
            self.order = np.argsort(-np.bincount(stream.article[:place]), kind="stable")[:2000]
        read = stream.article[self.past.of_user(place)]
        return [stream.article_ids[row] for row in self.order[~np.isin(self.order, read)][:LIST]]


@dataclass
class Retrained:
    """A model of the implicit library, fitted again and again on the last hours, asked by the library's own recommend.

    Users are folded in with all they read in the window up to the request; lists are filled up with what is read most.

    Attributes:
        past: the clicks.
        make: a new model of the library.
        options: for its ``recommend``.
        every_ms: pause between two fits.
        window_ms: how far back the clicks lie that it is fitted on.
    """

    past: Past
    make: Callable[[], Any]
    options: dict[str, Any]
    every_ms: int
    window_ms: int
    fitted_ms: int = 0
    fits: int = 0
    fit_seconds: float = 0.0

    def recommend(self, place: int, fill: list[str]) -> list[str]:
        now = int(self.past.stream.time_ms[place])
        if now - self.fitted_ms >= self.every_ms:
            self._fit(now)
        read = self.past.stream.article[self.past.of_user(place)]
        known = np.unique(self._columns[read][self._columns[read] >= 0])
        found = self._ask(known, read) if len(known) else []
        return list(dict.fromkeys([*found, *fill]))[:LIST]

    def _ask(self, known: IntArray, read: IntArray) -> list[str]:
        row = csr_matrix((np.ones(len(known), np.float32), known, [0, len(known)]), (1, len(self._articles)))
        ids, scores = self._model.recommend(0, row, N=LIST, filter_already_liked_items=True, **self.options)
        articles = self._articles[ids[(ids >= 0) & (scores > 0)]]
        return [self.past.stream.article_ids[row] for row in articles[~np.isin(articles, read)]]

    def _fit(self, now: int) -> None:
        start, stream = time.perf_counter(), self.past.stream
        window = stream.between(now - self.window_ms, now)
        part = slice(window.start, window.stop)
        users, row = np.unique(stream.user[part], return_inverse=True)
        self._articles, column = np.unique(stream.article[part], return_inverse=True)
        self._columns = np.full(len(stream.article_ids), -1)
        self._columns[self._articles] = np.arange(len(self._articles))
        cells = csr_matrix((np.ones(len(row), np.float32), (row, column)), (len(users), len(self._articles)))
        cells.data[:] = 1.0
        self._model = self.make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library turns its own similarities from one sparse form into another
            self._model.fit(cells, show_progress=False)
        self.fitted_ms, self.fits = now, self.fits + 1
        self.fit_seconds += time.perf_counter() - start
