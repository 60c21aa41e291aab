"""STAN: neighbours of the current visit, weighted by order and time; it gets every click at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from math import exp, sqrt

from tests.benchmarks.peers import LIST, Past
from tests.benchmarks.session_peers import SAMPLE, STEPS, Maps

NEAREST = 500


@dataclass
class Stan:
    """Sequence and time aware neighbourhood (Garg and others, SIGIR 2019), and VSTAN's weights of rare articles.

    Visits are compared with the ``SAMPLE`` latest visits that share an article, as V-SkNN's are. The most read articles
    fill the rest of a list.

    Attributes:
        past: the clicks.
        window_ms: how far back clicks count.
        recency: clicks after which an article of the visit counts 1/e.
        age_hours: hours after which a neighbour counts 1/e.
        distance: places in a neighbour after which an article counts 1/e, from the one that both share.
        rare: power of an article's rarity (inverse document frequency) in its score; 0 for STAN as published.
    """

    past: Past
    window_ms: int
    recency: float = 0.6
    age_hours: float = 4.0
    distance: float = 1.0
    rare: float = 0.0
    _maps: Maps = field(default_factory=Maps)
    _until: int = -1

    def recommend(self, place: int, fill: list[str]) -> list[str]:
        """The articles that neighbours read close to the last article of the visit, best first."""
        stream, moment = self.past.stream, self.past.stream.first_of_moment(place)
        now = int(stream.time_ms[place])
        self._take(moment, now)
        visit = stream.article[self.past.of_session(int(self.past.sessions[place]), moment)[-STEPS:]].tolist()
        scores = self._scores(visit, now, int(self.past.sessions[place])) if visit else {}
        read = set(stream.article[self.past.of_user(place)].tolist())
        found = sorted((article for article in scores if article not in read), key=lambda a: -scores[a])[:LIST]
        return list(dict.fromkeys([*(stream.article_ids[article] for article in found), *fill]))[:LIST]

    def _scores(self, visit: list[int], now: int, own: int) -> dict[int, float]:
        """Score of each article of the nearest visits."""
        weights = {article: exp((step + 1 - len(visit)) / self.recency) for step, article in enumerate(visit)}
        near = self._nearest(weights, len(visit), now, own)
        scores: dict[int, float] = defaultdict(float)
        for session, likeness in near:
            articles = self._maps.sessions[session][0]
            shared = max((step for step, article in enumerate(articles) if article in weights), key=lambda s: (
                visit.index(articles[s]), s))  # fmt: skip
            for step, article in enumerate(articles):
                scores[article] += likeness * exp(-abs(step - shared) / self.distance)
        if self.rare:
            for article in scores:
                scores[article] /= len(self._maps.articles[article][0]) ** self.rare
        return scores

    def _nearest(self, weights: dict[int, float], length: int, now: int, own: int) -> list[tuple[int, float]]:
        """The most similar visits, with their similarity."""
        held: dict[int, float] = defaultdict(float)
        for article, weight in weights.items():
            for session in dict.fromkeys(self._maps.articles[article][0]):
                held[session] += weight
        held.pop(own, None)
        latest = sorted(held, key=lambda session: -self._maps.sessions[session][1][-1])[:SAMPLE]
        likeness = []
        for session in latest:
            articles, times = self._maps.sessions[session]
            age = (now - times[-1]) / 3_600_000
            likeness.append((session, held[session] / sqrt(length * len(articles)) * exp(-age / self.age_hours)))
        return sorted(likeness, key=lambda pair: -pair[1])[:NEAREST]

    def _take(self, moment: int, now: int) -> None:
        """Add every click before a place of the stream, from the start of the window on."""
        stream = self.past.stream
        if self._until < 0:
            self._until = stream.between(now - self.window_ms, now).start
        new = slice(self._until, moment)
        columns = (self.past.sessions[new], stream.article[new], stream.time_ms[new])
        for click in zip(*(column.tolist() for column in columns), strict=True):
            self._maps.add(*click)
        self._until = max(self._until, moment)
