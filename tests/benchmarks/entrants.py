"""Who is measured beside the ranker: each peer, where it comes from, how often it learns, and what that takes."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import product
from typing import Any, Protocol

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.models import CaseRank, rank_in
from pipelines.news.replay.walk import Case, Walk
from tests.benchmarks.peers import AllTime, Past, Retrained, most_read_now
from tests.benchmarks.session_peers import LibrarySessions
from tests.benchmarks.stan import Stan

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
RARE = 0.1  # of VSTAN; with STAN's weights, the best of a few values on clicks of the 9th
# The better of 6 and 24 hours on clicks of the 12th; --tune-peers tries both on the 9th.
FIT_HOURS = {"ALS": 24, "ItemKNN": 6, "V-SkNN": 24}
STANS = {"STAN": (0.0,), "VSTAN": (0.1, 0.3)}  # powers of rarity to try
Ids = list[str]


class Recommender(Protocol):
    """What a peer is: asked for a list before the click at a place; ``fill`` is what is read most now."""

    def recommend(self, place: int, fill: Ids) -> Ids: ...


@dataclass(frozen=True)
class Entrant:
    """A peer of the table.

    Attributes:
        make: the peer, over the clicks.
        origin: whose code it is.
        learns: how it keeps up.
    """

    make: Callable[[Past], Recommender]
    origin: str
    learns: str


def entrants(every_minutes: float, hours: Mapping[str, int] = FIT_HOURS) -> dict[str, Entrant]:
    """The peers by name.

    Args:
        every_minutes: pause between two fits of those that are fitted.
        hours: how far back each of them looks.
    """
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    als = partial(AlternatingLeastSquares, factors=64, regularization=0.04, alpha=12.0, iterations=10, random_state=7)
    implicit, every = f"implicit {version('implicit')}", int(every_minutes * MINUTE_MS)

    def retrained(name: str, make: Callable[[], Any], **options: Any) -> Entrant:
        learns = f"every {every_minutes:g} min, last {hours[name]} h; the reader's clicks folded in"
        return Entrant(lambda past: Retrained(past, make, options, every, hours[name] * HOUR_MS), implicit, learns)

    window_ms = hours["V-SkNN"] * HOUR_MS
    return {
        "most read, ever": Entrant(AllTime, "counted", "once, as the day begins"),
        "ALS": retrained("ALS", partial(als, num_threads=1), recalculate_user=True),
        "ItemKNN, cosine": retrained("ItemKNN", partial(CosineRecommender, K=200, num_threads=1)),
        "ItemKNN, BM25": retrained("ItemKNN", partial(BM25Recommender, K=200, num_threads=1)),
        "V-SkNN": Entrant(
            lambda past: LibrarySessions(past, HOUR_MS, window_ms), f"wsknn {version('wsknn')}", "every click at once"
        ),
        "STAN": Entrant(lambda past: Stan(past, window_ms), "written for this benchmark", "every click at once"),
        "VSTAN": Entrant(
            lambda past: Stan(past, window_ms, rare=RARE), "written for this benchmark", "every click at once"
        ),
    }


def variants(every_minutes: float) -> dict[str, Entrant]:
    """The peers with other settings, to choose among before the test days.

    Args:
        every_minutes: pause between two fits of those that are fitted.
    """
    found = {}
    for span in (6, 24):
        some = entrants(every_minutes, dict.fromkeys(FIT_HOURS, span))
        found |= {
            f"{name}, {span} h": entrant for name, entrant in some.items() if name not in ("most read, ever", *STANS)
        }
    for name, options in STANS.items():
        for rare, recency, age in product(options, (0.6, 1.2), (1.5, 4.0)):
            make = partial(Stan, window_ms=24 * HOUR_MS, rare=rare, recency=recency, age_hours=age)
            found[f"{name}, {rare:g}, {recency:g}, {age:g} h"] = Entrant(
                make, "written for this benchmark", "every click"
            )
    return found


class Contest:
    """Asks the peers, and keeps what they cost.

    Args:
        entrants: the peers by name.
        asks: whether the case at a place is put to them.
    """

    def __init__(self, entrants: dict[str, Entrant], asks: Callable[[int], bool] = lambda place: True) -> None:
        self.entrants, self.asks = entrants, asks
        self.made: dict[str, Recommender] = {}
        self.seconds = dict.fromkeys(entrants, 0.0)
        self.asked = dict.fromkeys(entrants, 0)
        self._past: Past | None = None
        self._fill: tuple[int, Ids] = (-1, [])

    def peers(self) -> dict[str, Callable[[Walk], CaseRank]]:
        """As the replay takes them."""
        return {name: partial(self._peer, name) for name in self.entrants}

    def costs(self) -> list[dict[str, Any]]:
        """Of each peer: whose it is, how it learns, how many fits it had, and seconds in all and per 1,000 requests."""
        return [self._cost(name, entrant) for name, entrant in self.entrants.items()]

    def _peer(self, name: str, walk: Walk) -> CaseRank:
        self._past = self._past or Past(walk.stream)
        self.made[name] = self.entrants[name].make(self._past)
        return partial(self._ask, name, walk)

    def _ask(self, name: str, walk: Walk, case: Case) -> int:
        if not self.asks(case.place):
            return MISSED
        fill = self._most_read(case)
        start = time.perf_counter()
        ids = self.made[name].recommend(case.place, fill)
        self.seconds[name] += time.perf_counter() - start
        self.asked[name] += 1
        return rank_in(ids, walk.stream.article_id(case.place))

    def _most_read(self, case: Case) -> Ids:
        if self._fill[0] != case.place:
            self._fill = (case.place, most_read_now(case))
        return self._fill[1]

    def _cost(self, name: str, entrant: Entrant) -> dict[str, Any]:
        peer = self.made.get(name)
        fits, fitting = getattr(peer, "fits", 0), getattr(peer, "fit_seconds", 0.0)
        asking = 1000 * (self.seconds[name] - fitting) / max(self.asked[name], 1)
        return {
            "model": name,
            "origin": entrant.origin,
            "learns": entrant.learns,
            "fits": fits,
            "fit_seconds": round(fitting, 1),
            "seconds_per_1000_requests": round(asking, 2),
            "asked": self.asked[name],
        }
