"""A simulated site: users with tastes of their own, easy and hard days and hours, and releases of known quality."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from pipelines.guard.judged import Clicks, JudgedClick
from pipelines.guard.tally import DAY_MS
from script_shared.clock import HOUR_MS

MONDAY_MS = 19_300 * DAY_MS


@dataclass
class Site:
    """Judged clicks, look by look.

    Attributes:
        seed: of the draws.
        users: known users, a part of whom comes each day.
        a_day: users of one day.
        clicks: of a user and day, on average.
        popular: hit rate of popularity.
        agree: share of the clicks in which a release and popularity have the same fate, whatever the release.
    """

    seed: int
    users: int = 600
    a_day: int = 100
    clicks: int = 2
    popular: float = 0.45
    agree: float = 0.6
    now_ms: int = MONDAY_MS
    _draw: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._draw = np.random.default_rng(self.seed)
        self._taste = self._draw.normal(0, 0.1, self.users)

    def looks(self, release: str, lead: float, hours: int, *, every_hours: int = 6) -> Iterator[Clicks]:
        """Clicks of some hours in parts.

        Args:
            release: that served.
            lead: its hit rate minus that of popularity.
            hours: how long.
            every_hours: length of a part.
        """
        for _ in range(hours // every_hours):
            begin, self.now_ms = self.now_ms, self.now_ms + every_hours * HOUR_MS
            judged = sorted(self._clicks(release, lead, begin, every_hours))
            yield Clicks(self.now_ms, judged, Counter({release: 2 * len(judged)}))

    def _clicks(self, release: str, lead: float, begin_ms: int, hours: int) -> Iterator[JudgedClick]:
        draw, day = self._draw, begin_ms // DAY_MS
        hard = 0.05 * np.sin(day * 2.4) + 0.08 * np.sin(begin_ms % DAY_MS / DAY_MS * 6.28)  # of day and hour
        came = draw.integers(0, self.users, self.a_day * hours // 24)
        user = np.repeat(came, draw.poisson(self.clicks, len(came)))
        rate = np.clip(self.popular + hard + self._taste[user], 0.05, 0.95)
        popular = draw.random(len(user)) < rate
        own = draw.random(len(user)) < rate + lead / (1 - self.agree)
        hit = np.where(draw.random(len(user)) < self.agree, popular, own)
        time_ms = begin_ms + draw.integers(0, hours * HOUR_MS, len(user))
        for at, who, hits, popular_hits in zip(*map(np.ndarray.tolist, (time_ms, user, hit, popular)), strict=True):
            yield JudgedClick(at, f"user-{who}", release, hits, popular_hits)
