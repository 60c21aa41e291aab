"""Neighbours of the visit under way: V-SkNN of the library wsknn, which gets every click at once."""

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from wsknn.model.wsknn import WSKNN

from tests.benchmarks.peers import LIST, Past

SAMPLE, NEAREST, STEPS = 1000, 100, 10


class Maps:
    """What the library keeps: the articles of each session, and of each article its latest sessions.

    The library takes its neighbours from the ``SAMPLE`` latest sessions, so no article needs more of them.
    """

    def __init__(self) -> None:
        self.sessions: dict[int, tuple[list[int], list[int]]] = {}
        self.articles: dict[int, tuple[deque[int], deque[int]]] = defaultdict(_no_sessions)

    def add(self, session: int, article: int, time_ms: int) -> None:
        """Take in a click."""
        articles, times = self.sessions.setdefault(session, ([], []))
        articles.append(article)
        times.append(time_ms)
        sessions, begins = self.articles[article]
        sessions.append(session)
        begins.append(times[0])


def _no_sessions() -> tuple[deque[int], deque[int]]:
    return deque(maxlen=SAMPLE), deque(maxlen=SAMPLE)


@dataclass
class LibrarySessions:
    """V-SkNN (Ludewig, Jannach: Evaluation of session-based recommendation algorithms, 2018) as wsknn has it.

    Asked by the library's own ``recommend``, on maps that every click is added to. They are rebuilt every
    ``every_ms`` from the last ``window_ms``, which bounds them. Lists are filled up with what is read most.
    """

    past: Past
    every_ms: int
    window_ms: int
    fitted_ms: int = 0
    fits: int = 0
    fit_seconds: float = 0.0
    _maps: Maps = field(default_factory=Maps)
    _known: int = 0

    def __post_init__(self) -> None:
        self._model = WSKNN(
            number_of_recommendations=5 * LIST,
            number_of_neighbors=NEAREST,
            sampling_strategy="recent",
            sample_size=SAMPLE,
            ranking_strategy="inv",
            return_events_from_session=False,
        )

    def recommend(self, place: int, fill: list[str]) -> list[str]:
        stream, moment = self.past.stream, self.past.stream.first_of_moment(place)
        self._take(moment, int(stream.time_ms[place]))
        visit = self.past.of_session(int(self.past.sessions[place]), moment)[-STEPS:]
        found: list[int] = []
        if len(visit):
            asked = [stream.article[visit].tolist(), stream.time_ms[visit].tolist()]
            found = [article for article, _ in self._model.recommend(asked) or []]
        read = set(stream.article[self.past.of_user(place)].tolist())
        best = [stream.article_ids[article] for article in found if article not in read][:LIST]
        return list(dict.fromkeys([*best, *fill]))[:LIST]

    def _take(self, moment: int, now: int) -> None:
        """Know every click before a place of the stream."""
        if now - self.fitted_ms >= self.every_ms:
            start = time.perf_counter()
            self._maps, self._known = Maps(), self.past.stream.between(now - self.window_ms, now).start
            self._add_until(moment)
            self._model.fit(self._maps.sessions, self._maps.articles)
            self.fitted_ms, self.fits = now, self.fits + 1
            self.fit_seconds += time.perf_counter() - start
        self._add_until(moment)

    def _add_until(self, moment: int) -> None:
        new, stream = slice(self._known, moment), self.past.stream
        columns = (self.past.sessions[new], stream.article[new], stream.time_ms[new])
        for click in zip(*(column.tolist() for column in columns), strict=True):
            self._maps.add(*click)
        self._known = max(self._known, moment)
