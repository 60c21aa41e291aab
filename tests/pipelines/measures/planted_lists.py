"""Lists of a world whose users have planted preferences: what every order of articles is worth is known exactly."""

from dataclasses import dataclass

import numpy as np

from pipelines.measures.off_policy import Predictions, Trials
from script_shared.exploration.draws import chances
from script_shared.exploration.randomization import Randomization

ARTICLES, TOPICS, LENGTH = 30, 3, 10


@dataclass(frozen=True)
class World:
    """What is planted.

    Attributes:
        how: how the last places of served lists are drawn.
        by_place: whether a click depends on the place, too: each drawn place has 0.6 of the probability before it.
        free: whether the other policy takes its list from all articles, or only from those that can be served.
        user_effect: standard deviation of how much users click, in logits.
        lists_per_user: on average.
    """

    how: Randomization
    by_place: bool = False
    free: bool = False
    user_effect: float = 0.8
    lists_per_user: float = 5.0

    def lists(self, count: int, seed: int) -> "Lists":
        """Served lists, their clicks, and the lists of the other policy.

        The served order knows the quality of articles roughly; the other policy knows the users' tastes as well.

        Args:
            count: lists.
            seed: of users, moments, draws and clicks; qualities and topics are the same for all seeds.
        """
        fixed = np.random.default_rng(99)
        quality, topic = fixed.normal(0, 0.7, ARTICLES), fixed.integers(0, TOPICS, ARTICLES)
        random = np.random.default_rng([7, seed])
        people = max(round(count / self.lists_per_user), 2)
        user = random.integers(0, people, count)
        taste = random.normal(0, 0.8, (people, TOPICS))[user]
        effect = random.normal(0, self.user_effect, people)[user]
        logit = quality + taste[:, topic] - 2.6 + effect[:, None]
        rough = quality + random.normal(0, 0.5, (count, ARTICLES))
        better = quality + taste[:, topic] + random.normal(0, 0.3, (count, ARTICLES))
        return Lists(self, user, 1 / (1 + np.exp(-logit)), np.argsort(-rough, axis=1), better, random)


class Lists:
    """n served lists.

    Attributes:
        user: (n).
        appeal: (n, ARTICLES), probability of a click on each article at the first place.
        order: (n, ARTICLES), articles by the order of the served policy.
        shown: (n, LENGTH), articles as shown; ranks: their places in ``order``.
        other: (n, LENGTH), the list of the other policy.
    """

    def __init__(self, world: World, user, appeal, order, better, random) -> None:
        self.world, self.user, self.appeal, self.order = world, user, appeal, order
        how, count = world.how, len(user)
        head, size = LENGTH - how.places, how.places + how.extra
        weights = np.exp(-np.arange(size) / how.temperature)
        arrival = random.exponential(size=(count, size)) / weights
        drawn = np.argsort(arrival, axis=1)[:, : how.places]
        drawn = np.where(random.random(count)[:, None] < how.share, drawn, np.arange(how.places))
        self.ranks = np.concatenate([np.broadcast_to(np.arange(head), (count, head)), head + drawn], axis=1)
        self.shown = np.take_along_axis(order, self.ranks, axis=1)
        self.other = self._other(better, head, head + size)
        self.clicks = (random.random(self.shown.shape) < self.worth(self.shown)).astype(float)
        self._by_place = np.zeros((ARTICLES, LENGTH))  # chances by rank and place
        self._by_place[np.arange(head), np.arange(head)] = 1.0
        self._by_place[head : head + size, head:] = chances(how, size, how.places)

    def _other(self, better, head, end):
        if self.world.free:
            return np.argsort(-better, axis=1)[:, :LENGTH]
        tail = self.order[:, head:end]
        best = np.argsort(-np.take_along_axis(better, tail, axis=1), axis=1)[:, : LENGTH - head]
        return np.concatenate([self.order[:, :head], np.take_along_axis(tail, best, axis=1)], axis=1)

    def worth(self, lists):
        """(n, LENGTH) probability of a click at each place of some lists."""
        drawn = np.maximum(np.arange(LENGTH) - (LENGTH - self.world.how.places), 0)
        seen = 0.6**drawn if self.world.by_place else 1.0
        return np.take_along_axis(self.appeal, lists, axis=1) * seen

    def truth(self) -> float:
        """Clicks per list of the other policy."""
        return float(self.worth(self.other).sum(axis=1).mean())

    def trials(self, *, by_place: bool = False) -> Trials:
        """As an estimator gets them; ``by_place`` if an article has to be at the same place."""
        rank_of = np.argsort(self.order, axis=1)
        theirs = np.take_along_axis(rank_of, self.other, axis=1)
        if by_place:
            chance, wanted = self._by_place[self.ranks, np.arange(LENGTH)], self.shown == self.other
            could = self._by_place[theirs, np.arange(LENGTH)] > 0
        else:
            anywhere = self._by_place.sum(axis=1)
            chance, could = anywhere[self.ranks], anywhere[theirs] > 0
            wanted = (self.shown[:, :, None] == self.other[:, None, :]).any(axis=2)
        lists = np.repeat(np.arange(len(self.user)), LENGTH)
        length = np.full(len(self.user), float(LENGTH))
        return Trials(
            self.user, lists, self.clicks.ravel(), chance.ravel(), wanted.ravel() * 1.0, could.sum(axis=1) * 1.0, length
        )

    def predicted(self, scale: float = 1.0) -> Predictions:
        """What a model that knows the world expects; ``scale`` makes it wrong."""
        return Predictions(scale * self.worth(self.shown).ravel(), scale * self.worth(self.other).sum(axis=1))

    def features(self, articles):
        """(n x LENGTH, 4): what a model may know of some articles at the moment of their list; not the user's taste."""
        rank = np.take_along_axis(np.argsort(self.order, axis=1), articles, axis=1)
        quality = np.random.default_rng(99).normal(0, 0.7, ARTICLES)[articles]
        place = np.broadcast_to(np.arange(LENGTH), articles.shape)
        return np.stack([rank, quality, articles, place if self.world.by_place else 0 * place], axis=2).reshape(-1, 4)
