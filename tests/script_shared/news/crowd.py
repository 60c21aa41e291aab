"""A portal in small: a day of people who read a hundred articles, some far more than others; what strangers see."""

import random

from script_shared.clock import HOUR_MS
from script_shared.events import Kind
from script_shared.news.params import LiveParams, TrustParams
from script_shared.news.ranking.candidates import candidates
from script_shared.news.ranking.query import Query
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import START_MS

ARTICLES, PEOPLE, NEWCOMERS = 100, 3_000, 3_000
SEED = 7
END_MS = START_MS + 30 * HOUR_MS


def crowd_params(**trust: float) -> LiveParams:
    """Room for everybody."""
    bounds = {"articles": 256, "known_articles": 5_000, "readers": 20_000, "reads_per_reader": 64}
    return LiveParams(**bounds, shown_readers=1_000, candidates=110, trust=TrustParams(**trust))  # type: ignore[arg-type]


def crowd_clicks(seed: int = SEED) -> list[LiveEvent]:
    """What people read in 30 hours: people who come back, and people who come once in the last day."""
    draw = random.Random(seed)
    weights = [1 / (place + 3) for place in range(ARTICLES)]
    clicks = []
    for person in range(PEOPLE):
        for visit in range(3):
            begin = START_MS + draw.randrange(10 * HOUR_MS) + visit * 10 * HOUR_MS
            clicks += _visit(f"person{person}", f"p{person} {visit}", begin, 2, weights, draw)
    for person in range(NEWCOMERS):
        begin = START_MS + draw.randrange(29 * HOUR_MS)
        clicks += _visit(f"newcomer{person}", f"n{person}", begin, 1, weights, draw)
    return sorted(clicks, key=lambda event: event.time_ms)


def _visit(
    user: str, session: str, begin_ms: int, count: int, weights: list[float], draw: random.Random
) -> list[LiveEvent]:
    articles = draw.choices(range(len(weights)), weights, k=count)
    region, times = f"r{draw.randrange(20)}", [min(begin_ms + 90_000 * turn, END_MS) for turn in range(count)]
    return [
        LiveEvent(user, session, region, kind=Kind.CLICK, article=f"a{article}", time_ms=time_ms)
        for article, time_ms in zip(articles, times, strict=True)
    ]


def crowd(**trust: float) -> LiveState:
    """The state after everything that people read."""
    state = LiveState(crowd_params(**trust))
    state.fold(crowd_clicks())
    return state


def ranking(state: LiveState, user: str = "a stranger") -> list[str]:
    """Article ids as a stranger's list has them without a ranker, best first."""
    found = candidates(state, Query(user), state.now_ms)
    return [state.article_id(row) for row in found.rows.tolist()]


def click(user: str, article: str, state: LiveState, **fields: str) -> LiveEvent:
    """A click now."""
    return LiveEvent(user, kind=Kind.CLICK, article=article, time_ms=state.now_ms, **fields)
