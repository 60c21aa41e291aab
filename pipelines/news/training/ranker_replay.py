"""The clicks between R and T, replayed through the serving code, and what was offered before each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipelines.news.dataset import Dataset
from pipelines.news.replay.sampling import draw
from pipelines.news.replay.sources import from_dataset
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Walk, place_after, recommender_of
from pipelines.news.split.moments import Moments
from pipelines.news.training.renewal import Renewal
from script_shared.arrays import Bools, IntArray
from script_shared.news.model import NewsModel
from script_shared.news.params import NewsParams
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.offer import Offer
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.state.reader_clusters import Assignment

BLOCKS, SHOWN_EVERY = 48, 6  # the hours are cut into blocks; each sixth shows, at every time of the day, what helps
EARLY = 0.6  # of the requests to learn from: the replay of these takes as long as that of all others and of all clicks


@dataclass(frozen=True)
class ReplayPlan:
    """n clicks in time order, in three groups.

    Attributes:
        places: int64 (n), of the clicks in the stream.
        shown: bool (n), those that show how each segment is served best; the ranker learns from the others.
        early: bool (n), the first of those to learn from, which another process can replay.
    """

    places: IntArray
    shown: Bools
    early: Bools

    def part(self, *, early: bool) -> "ReplayPlan":
        """The early clicks, or all others."""
        chosen = self.early == early
        return ReplayPlan(self.places[chosen], self.shown[chosen], self.early[chosen])

    @classmethod
    def of(cls, stream: Stream, at: Moments, params: NewsParams) -> "ReplayPlan":
        """Clicks between R and T, drawn by seed."""
        within = range(place_after(stream, at.fitted), place_after(stream, at.split))
        places = draw(stream, within, params.ranking.requests, params.ranker.seed).places
        if not len(places):
            return cls(places, np.zeros(0, np.bool_), np.zeros(0, np.bool_))
        first, last = stream.time_ms[[within.start, within.stop - 1]]
        blocks = (stream.time_ms[places] - first) * BLOCKS // (last - first + 1)
        shown = blocks % SHOWN_EVERY == SHOWN_EVERY - 1
        learned = np.flatnonzero(~shown)
        early = np.zeros(len(places), np.bool_)
        early[learned[: round(EARLY * len(learned))]] = True
        return cls(places, shown, early)


class ClickOffer(NamedTuple):
    """What was offered before a click.

    Attributes:
        place: of the click in the stream.
        offer: what the serving code would have ranked.
        candidates: those of the offer.
    """

    place: int
    offer: Offer
    candidates: Candidates


def offers(
    walk: Walk, rank_folder: Path, renewal: Renewal, start_ms: int, plan: ReplayPlan, params: NewsParams
) -> Iterator[ClickOffer]:
    """The candidates that the serving code would have ranked just before each click.

    Early clicks have a recommender of their own, so the time at which its pool is made again depends on them alone.
    The offers are therefore the same whether or not this process also replays the other clicks of the plan.

    Args:
        walk: a walk that has folded nothing after the first click.
        rank_folder: the models as of R.
        renewal: brings them up to date.
        start_ms: R, epoch milliseconds, UTC.
        plan: the clicks.
        params: of serving.

    Yields:
        The offer before each click that had candidates.
    """
    early = set(plan.places[plan.early].tolist())
    for at_ms, some in renewal.periods(walk.stream, plan.places, start_ms):
        folder = renewal.folder(rank_folder, "rank", start_ms, at_ms)
        first, others = (recommender_of(folder, walk, at_ms, params) for _ in range(2))
        for request in walk.requests(some.tolist(), first, others):
            recommender = first if request.place in early else others
            offer = recommender.offer(request.query)
            if offer.found is not None:
                yield ClickOffer(request.place, offer, offer.found)


def walk_of(dataset: Dataset, assembled: Path, at: Moments, params: NewsParams) -> Walk:
    """A walk towards R that counts the clusters of the assembled release.

    Args:
        dataset: of the run.
        assembled: folder of the step ``assemble``.
        at: the moments of the run.
        params: of the use case.
    """
    walk = Walk.towards(from_dataset(dataset, params.ranker.label, at.split), at.fitted, params)
    walk.state.clusters.assignment = clusters_of(assembled / "holdout")
    return walk


def clusters_of(folder: Path) -> Assignment:
    """The clusters of users; holdout and release share the fitted ones, so their counts can be added.

    Args:
        folder: of a release.
    """
    return assignment_of(NewsModel.load(folder))
