"""The ranker's training rows: candidates of past requests, the one that was read marked."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Case, Walk
from script_shared.arrays import Float32s, Int8s, Int64s, IntArray
from script_shared.news.params import RankerParams
from script_shared.news.ranking.features import matrix


@dataclass(frozen=True)
class TrainingRows:
    """k requests with r candidates in all.

    Attributes:
        features: float32 (r, features).
        label: int8 (r), 1 for the article that was read, one in each request.
        sizes: int64 (k), candidates of each request.
        weight: float32 (k), how much each request counts.
        place: int64 (k), the click in the stream.
    """

    features: Float32s
    label: Int8s
    sizes: Int64s
    weight: Float32s
    place: Int64s

    def split(self, place: int) -> tuple["TrainingRows", "TrainingRows"]:
        """Requests before a click of the stream, and the others."""
        k = int(np.searchsorted(self.place, place))
        r = int(self.sizes[:k].sum())
        parts = [(slice(0, r), slice(0, k)), (slice(r, None), slice(k, None))]
        before, after = (
            TrainingRows(self.features[of], self.label[of], self.sizes[by], self.weight[by], self.place[by])
            for of, by in parts
        )
        return before, after

    def followed_by(self, later: "TrainingRows") -> "TrainingRows":
        """These requests and later ones.

        Args:
            later: requests of later clicks.
        """
        if not len(self.sizes) or not len(later.sizes):
            return self if len(self.sizes) else later
        pairs = zip(vars(self).values(), vars(later).values(), strict=True)
        return TrainingRows(*(np.concatenate(pair) for pair in pairs))

    def none(self) -> "TrainingRows":
        """No requests at all, with the same features."""
        return TrainingRows(self.features[:0], self.label[:0], self.sizes[:0], self.weight[:0], self.place[:0])


def draw_places(stream: Stream, within: range, count: int, seed: int) -> IntArray:
    """About ``count`` clicks of the range drawn by seed, ascending; clicks on articles read before are left out.

    Args:
        stream: the clicks.
        within: places in the stream.
        count: clicks wanted, on average.
        seed: makes the draw repeatable.

    Returns:
        int64, places in the stream.
    """
    places = np.arange(within.start, within.stop)[~stream.reread_within(within)]
    share = min(1.0, count / max(len(places), 1))
    drawn: IntArray = places[np.random.default_rng(seed).random(len(places)) < share]
    return drawn


def collect(walk: Walk, places: IntArray, params: RankerParams) -> TrainingRows:
    """Rows of the clicks whose article was among the candidates.

    Args:
        walk: is moved along to each click, so places may only grow from call to call.
        places: int64, ascending places in the stream.
        params: how many candidates of a request are kept.
    """
    return rows_of(walk.cases(places.tolist()), walk.stream.weight, params)


def rows_of(cases: Iterable[Case], weight: Float32s, params: RankerParams) -> TrainingRows:
    """Rows of the cases in which the article was among the candidates.

    Args:
        weight: float32 (clicks of the stream), how much each counts.
        params: how many candidates of a request are kept; each request draws its own.
    """
    parts, labels, kept = [], [], []
    for case in cases:
        if case.truth < 0:
            continue
        chosen = choose(case, params.negatives, np.random.default_rng((params.seed, case.place)))
        parts.append(matrix(case.found)[chosen])
        labels.append(chosen == case.truth)
        kept.append(case.place)
    sizes = np.array([len(part) for part in parts], np.int64)
    place = np.array(kept, np.int64)
    features = np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
    label = np.concatenate(labels).astype(np.int8) if labels else np.zeros(0, np.int8)
    return TrainingRows(features, label, sizes, weight[place], place)


def choose(case: Case, negatives: int, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    """Positions of the article that was read and of ``negatives`` others drawn alike, ascending."""
    others = np.delete(np.arange(len(case.found)), case.truth)
    if len(others) > negatives:
        others = draw.choice(others, negatives, replace=False)
    return np.sort(np.append(others, case.truth))
