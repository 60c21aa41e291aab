"""The models of a replay, and their ranks: composed releases, the segment's model alone, orders of the candidates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.walk import Case, Request, Walk
from script_shared.arrays import FloatArray, IntArray
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.counting import windows
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.context import known_reads
from script_shared.news.ranking.query import LiveAnswer
from script_shared.news.ranking.segment_list import SegmentSource
from script_shared.news.serving.recommender import LiveRecommender

Model = Callable[[Request], int]
CaseRank = Callable[[Case], int]
WITHOUT, LISTED, EDITED = "without_ranker", "segment_model", "with_rules"
SAY_EVERY = 2000


def ranks_of(
    walks: Sequence[Walk],
    places: IntArray,
    models: Mapping[str, Model],
    recommenders: Iterable[LiveRecommender] = (),
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, IntArray]:
    """By model (places): rank of the clicked article just before its click, from 0; ``MISSED`` where it is not there.

    Args:
        walks: the newsrooms of the models, over one stream.
        places: of the clicks, ascending.
        models: by name; each gives the rank of the clicked article for a request.
        recommenders: those whose clocks move along.
        say: called with a line of progress.

    Returns:
        int64 (places) by name of the model.
    """
    first, *others = walks
    ranks = {name: np.full(len(places), MISSED) for name in models}
    for turn, request in enumerate(first.requests(places.tolist(), *recommenders)):
        if turn % SAY_EVERY == 0:
            say(f"{turn:,} of {len(places):,} cases")
        for walk in others:
            walk.fold_until(walk.stream.first_of_moment(request.place))
        for name, model in models.items():
            ranks[name][turn] = model(request)
    return ranks


def answering(recommender: LiveRecommender, n: int, note: Callable[[Request, LiveAnswer], None] | None = None) -> Model:
    """Rank of the clicked article in the answer of n items that the user would have got; nothing is explored.

    Args:
        recommender: with the newsroom of the walk.
        n: items of the answer.
        note: called with each request and its answer.
    """

    def rank(request: Request) -> int:
        answer = recommender.answer(replace(request.query, n=n, explore_slots=0))
        if note is not None:
            note(request, answer)
        return rank_in([item.article_id for item in answer.items], request.article)

    return rank


def listing(recommender: LiveRecommender, n: int) -> Model:
    """Rank of the clicked article in the list of the segment's model alone, which knows the user's live reads.

    Args:
        recommender: with the newsroom of the walk, and a release.
        n: items of the list.
    """
    model, newsroom = recommender.model, recommender.newsroom
    assert model is not None
    source = SegmentSource(model, newsroom, CatalogRows(model.catalog))

    def rank(request: Request) -> int:
        ids = source.best(request.query, known_reads(model, newsroom, request.query), n).ids
        return rank_in(ids, request.article)

    return rank


class CaseModels:
    """Models that rank the candidates of the live state, which are made once per request for all of them."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._case: Case | None = None

    def model(self, rank: CaseRank) -> Model:
        """A model that gives the rank of each case."""
        return lambda request: rank(self._of(request))

    def _of(self, request: Request) -> Case:
        if self._case is None or self._case.place != request.place:
            self._case = self._walk.case(request.place)
        return self._case


def by_scores(scores: Callable[[Candidates], FloatArray]) -> CaseRank:
    """The rank of the clicked article by scores of the candidates.

    Args:
        scores: float (m) for m candidates, higher is better.
    """
    return lambda case: rank_of(scores(case.found), case.truth) if case.truth >= 0 else MISSED


def by_clicks(walk: Walk, window: str) -> CaseRank:
    """The rank by clicks in a window of the live state, over everything alive that the user has not read.

    Args:
        walk: gives the live state just before each click.
        window: one of ``windows.OVERALL``.
    """

    def rank(case: Case) -> int:
        signals, state = case.found.signals, walk.state
        row = state.article_row(walk.stream.article_id(case.place))
        if not 0 <= row < signals.used:
            return MISSED
        sums = state.counts.overall.sums[windows.OVERALL.index(window), 0, : signals.used]
        allowed = state.articles.number_in[: signals.used] >= 0
        allowed[signals.read] = False
        return int(((sums >= sums[row]) & allowed).sum()) - 1 if sums[row] > 0 else MISSED

    return rank


def rank_of(scores: FloatArray, truth: int) -> int:
    """Rank of one candidate by score, from 0; equal scores count as better. ``MISSED`` for -1."""
    return int((scores >= scores[truth]).sum()) - 1 if truth >= 0 else MISSED


def rank_in(articles: Sequence[str], wanted: str) -> int:
    """Rank of an article in a list, ``MISSED`` when it is not there."""
    return articles.index(wanted) if wanted in articles else MISSED
