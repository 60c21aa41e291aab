"""The ranker of a run: learns on most of the hours between R and T, the rest shows which segments it serves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from pipelines.news.moments import Moments
from pipelines.news.replay_draw import draw
from pipelines.news.walk import Walk, place_after, segments_of
from pipelines.replay.measure import rank_of
from pipelines.replay.replay import Case, case_of
from pipelines.replay.rows import rows_of
from pipelines.replay.stream import Stream
from pipelines.replay.training import LEAST_REQUESTS, train
from script_shared.arrays import FloatArray, IntArray
from script_shared.news.live.features import matrix
from script_shared.news.live.ranker import Ranker
from script_shared.news.live.recommend import LiveRecommender
from script_shared.news.params import NewsParams
from script_shared.news.segments import SEGMENT_NAMES

BLOCKS, SHOWN_EVERY = 48, 6  # the hours are cut into blocks; each sixth shows, at every time of the day, where it helps
LEAST_SHOWN = 50  # clicks of a segment; with fewer, those of all segments decide


@dataclass(frozen=True)
class Learned:
    """A ranker, None where there is none, and facts for people."""

    ranker: Ranker | None
    facts: dict[str, Any] = field(default_factory=dict)


class Shown(NamedTuple):
    """A request that the ranker does not learn from: the click, features of its candidates, the one that was read (-1
    for none), and its reciprocal rank in the order without a ranker."""

    place: int
    features: FloatArray
    truth: int
    without: float


def learn(walk: Walk, recommender: LiveRecommender, at: Moments, params: NewsParams) -> Learned:
    """Replay the reads between R and T through the serving code and train on them.

    Args:
        walk: has folded everything until R.
        recommender: the models as of R over the walk's newsroom.
    """
    within = range(walk.folded, place_after(walk.stream, at.split))
    places = draw(walk.stream, within, params.ranking.requests, params.ranker.seed).places
    shown: list[Shown] = []
    learned = _kept_apart(cases(walk, recommender, places), _blocks(walk.stream, within, places), shown)
    rows = rows_of(learned, walk.stream.weight, params.ranker)
    facts: dict[str, Any] = {"requests": len(rows.sizes), "rows": len(rows.label)}
    if len(rows.sizes) < LEAST_REQUESTS:
        return Learned(None, {**facts, "why_not": f"{len(rows.sizes)} requests are too few to learn from"})
    ranker = train(rows, rows.none(), params.ranker)
    where = _where_it_helps(walk, ranker, shown)
    ranker.segments = tuple(name for name in SEGMENT_NAMES if where[name]["served"])
    facts |= {"trees": ranker.booster.num_trees(), "served_segments": list(ranker.segments), "shown": where}
    if not ranker.segments:
        return Learned(None, {**facts, "why_not": "the order without it is better in every segment"})
    return Learned(ranker, facts)


def cases(walk: Walk, recommender: LiveRecommender, places: IntArray) -> Iterator[Case]:
    """The candidates that the serving code would have ranked just before each click."""
    for place, query in walk.requests(places.tolist(), recommender):
        found = recommender.candidates(query)
        if found is not None:
            yield case_of(place, found, walk.state.article_row(walk.stream.article_id(place)))


def _blocks(stream: Stream, within: range, places: IntArray) -> dict[int, int]:
    """By place the block of time it lies in."""
    if not len(within):
        return {}
    first, last = stream.time_ms[[within.start, within.stop - 1]]
    blocks = (stream.time_ms[places] - first) * BLOCKS // (last - first + 1)
    return dict(zip(places.tolist(), blocks.tolist(), strict=True))


def _kept_apart(found: Iterable[Case], blocks: dict[int, int], shown: list[Shown]) -> Iterator[Case]:
    """The cases to learn from; of the others, features, truth and order without the ranker are put into ``shown``."""
    for case in found:
        if blocks[case.place] % SHOWN_EVERY == SHOWN_EVERY - 1:
            shown.append(Shown(case.place, matrix(case.found), case.truth, _reciprocal(case.found.mix, case.truth)))
        else:
            yield case


def _where_it_helps(walk: Walk, ranker: Ranker, shown: list[Shown]) -> dict[str, dict[str, Any]]:
    """By segment: reciprocal ranks with the ranker and in the order without it, and which of them is to serve."""
    segments = segments_of(walk.stream, [case.place for case in shown])
    ranks = np.array([(_reciprocal(ranker.score(case.features), case.truth), case.without) for case in shown])
    ranks = ranks.reshape(-1, 2)
    return {name: _choice(ranks[segments == code], ranks) for code, name in enumerate(SEGMENT_NAMES)}


def _choice(mine: FloatArray, everybody: FloatArray) -> dict[str, Any]:
    told = mine if len(mine) >= LEAST_SHOWN else everybody
    means = told.mean(axis=0) if len(told) else np.zeros(2)
    return {
        "clicks": len(mine),
        "mrr_ranker": round(float(means[0]), 4),
        "mrr_without": round(float(means[1]), 4),
        "served": bool(means[0] > means[1]),
    }


def _reciprocal(scores: FloatArray, truth: int) -> float:
    return 1.0 / (rank_of(scores, truth) + 1) if truth >= 0 else 0.0
