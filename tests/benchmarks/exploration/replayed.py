"""Replays real clicks once and keeps, before every click, the orders of three policies and what a model may know."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipelines.news.evaluation.rolling import Window, evaluated_clicks, train_before
from pipelines.news.offline.candidate import Moment
from pipelines.news.offline.features import features_of
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case, Walk
from script_shared.arrays import FloatArray, IntArray
from script_shared.news.counting import windows
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.state.state import LiveState

LENGTH, POOL = 10, 14  # of a list; of the order that served lists are drawn from
MOST = POOL + 2 * LENGTH  # articles of one click
NOTHING = -1
HOUR = windows.OVERALL.index("1h")
SAY_EVERY = 2_000


class Replayed(NamedTuple):
    """n clicks in the order of time; articles are rows of the live state, which agree only within a click.

    Attributes:
        user: int64 (n), whose click it is.
        clicked: int64 (n), the article; -2 if the live state does not know it.
        served: int64 (n, POOL), the order that lists are served by, -1 padded.
        ranker: int64 (n, POOL), the same articles in the order of the ranker, -1 padded.
        free: int64 (n, LENGTH), the ranker's list out of all candidates, -1 padded.
        popular: int64 (n, LENGTH), the most read of the last hour, without what the user has read, -1 padded.
        known: int64 (n, MOST), every article of these, -1 padded.
        features: float32 (n, MOST, f), of ``known``.
    """

    user: IntArray
    clicked: IntArray
    served: IntArray
    ranker: IntArray
    free: IntArray
    popular: IntArray
    known: IntArray
    features: FloatArray

    @classmethod
    def empty(cls, count: int, features: int) -> "Replayed":
        """Of so many clicks."""
        widths = (POOL, POOL, LENGTH, LENGTH, MOST)
        lists = [np.full((count, width), NOTHING) for width in widths]
        return cls(*(np.full(count, NOTHING - 1) for _ in range(2)), *lists, np.zeros((count, MOST, features), "f4"))

    def save(self, path: Path) -> None:
        """Keep them for the next run."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **self._asdict())

    @classmethod
    def load(cls, path: Path) -> "Replayed":
        """What ``save`` kept."""
        with np.load(path, allow_pickle=False) as kept:
            return cls(*(kept[name] for name in cls._fields))


def replay(
    stream: Stream, params: NewsParams, window: Window, say: Callable[[str], None]
) -> tuple[Replayed, dict[str, Any]]:
    """The clicks of a window, and facts of the replay. The ranker learned from the days before.

    Args:
        stream: the clicks.
        params: of the ranker and the live state.
        window: where the clicks lie, and the share of the users.
        say: called with a line of progress.
    """
    walk, facts = Walk(stream, Newsroom(LiveState(params.live))), dict[str, Any]()
    ranker = train_before(walk, params, window, facts, say)
    places, found = evaluated_clicks(stream, window, facts), None
    for turn, case in enumerate(walk.cases(places.tolist())):
        if turn % SAY_EVERY == 0:
            say(f"{turn:,} of {len(places):,} clicks")
        orders = _orders(walk, case, ranker)
        known = list(dict.fromkeys(row for order in orders for row in order))
        moment = Moment([], walk.newsroom, int(stream.time_ms[case.place]))
        name = walk.state.article_id
        features = features_of(moment, [name(row) for row in known], [name(row) for row in orders[0]])
        if found is None:
            found = Replayed.empty(len(places), features.shape[1])
        found.user[turn] = stream.user[case.place]
        found.clicked[turn] = walk.state.article_row(stream.article_id(case.place))
        for into, order in zip(found[2:7], (*orders, known), strict=True):
            into[turn, : len(order)] = order
        found.features[turn, : len(known)] = features
    assert found is not None, "no click in the window"
    return found, facts


def _orders(walk: Walk, case: Case, ranker: Ranker) -> list[list[int]]:
    """Rows by the mix, by the ranker among these and among all candidates, and by clicks of the last hour."""
    rows = case.found.rows
    mixed = np.argsort(-case.found.mix, kind="stable")[:POOL]
    scores = ranker.rank(case.found)
    among = mixed[np.argsort(-scores[mixed], kind="stable")]
    free = np.argsort(-scores, kind="stable")[:LENGTH]
    signals = case.found.signals
    clicks = walk.state.counts.overall.sums[HOUR, 0, : signals.used].copy()
    clicks[walk.state.articles.number_in[: signals.used] < 0] = 0.0
    clicks[signals.read] = 0.0
    popular = [row for row in np.argsort(-clicks, kind="stable")[:LENGTH].tolist() if clicks[row] > 0]
    return [rows[mixed].tolist(), rows[among].tolist(), rows[free].tolist(), popular]
