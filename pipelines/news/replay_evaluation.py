"""Evaluation click by click: the held-out window replayed through the code that serves, every click shown to it."""

from pathlib import Path

import numpy as np

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation import CANDIDATE
from pipelines.news.held_out import HeldOut
from pipelines.news.known import utc
from pipelines.news.replay_draw import draw
from pipelines.news.replay_figures import Replayed, measured
from pipelines.news.replay_models import LISTED, MOST_READ, WITHOUT, Alive, Model, answering, listing, most_read
from pipelines.news.walk import Walk, place_after, recommender_of
from pipelines.replay.sources import from_dataset
from pipelines.replay.stream import Stream
from pipelines.use_case import Context
from script_shared.arrays import IntArray
from script_shared.news.live.loading import load_ranker
from script_shared.news.live.mixing import load_mixing
from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.recommend import LiveRecommender
from script_shared.news.live.state import LiveState
from script_shared.news.params import NewsParams


def replay(context: Context, held_out: HeldOut, releases: dict[str, tuple[Path, Path]]) -> Replayed | None:
    """Ask before each drawn click of the window, knowing only what was clicked before; None when that is not wanted.

    Args:
        releases: by model the folder assembled as of T, and the folder that holds its ranker.

    Raises:
        RunError: the run's candidate is not ranked yet.
        ReleaseError: a folder cannot be loaded.
    """
    params: NewsParams = context.params
    subject = next(iter(releases), None)
    if subject is None or not params.evaluation.replayed_clicks:
        return None
    if subject == CANDIDATE:
        context.run.read("ranked")  # without it there would be a candidate, but without its ranker
    window, wanted, stream = held_out.window, params.evaluation, _stream(held_out)
    walk = _walk(context, stream, window.start_ms)
    within = range(place_after(stream, window.start_ms), place_after(stream, window.end_ms))
    drawn = draw(stream, within, wanted.replayed_clicks, wanted.seed)
    recommenders = _recommenders(releases, walk, window.start_ms, params)
    alive = Alive(walk, _issued(held_out.dataset), params.pool.max_age_hours)
    ranks = _ranks(walk, drawn.places, recommenders, alive, max(wanted.cutoffs))
    return measured(ranks, drawn, wanted.cutoffs, subject, wanted.bootstrap_resamples, wanted.seed)


def _ranks(
    walk: Walk, places: IntArray, recommenders: dict[str, LiveRecommender], alive: Alive, n: int
) -> dict[str, IntArray]:
    """By model (places): rank of the clicked article in the list of n that the reader would have got just before."""
    models: dict[str, Model] = {name: answering(by, n) for name, by in recommenders.items()}
    if CANDIDATE in recommenders:
        models[LISTED] = listing(recommenders[CANDIDATE], n)
    models |= {name: most_read(walk, half_life, alive) for name, half_life in MOST_READ.items()}
    ranks = {name: np.empty(len(places), np.int64) for name in models}
    for turn, (place, query) in enumerate(walk.requests(places.tolist(), *recommenders.values())):
        for name, model in models.items():
            ranks[name][turn] = model(query, int(walk.stream.time_ms[place]), walk.stream.article_id(place))
    return ranks


def _issued(dataset: Dataset) -> dict[str, int]:
    """By article id its publication."""
    return dict(zip(dataset.articles[c.ARTICLE_ID].to_list(), dataset.issued_ms.tolist(), strict=True))


def _recommenders(
    releases: dict[str, tuple[Path, Path]], walk: Walk, at_ms: int, params: NewsParams
) -> dict[str, LiveRecommender]:
    found = {
        name: recommender_of(
            folder, walk, at_ms, params, load_ranker(origin)[0], load_mixing(origin, params.serving)[0]
        )
        for name, (folder, origin) in releases.items()
    }
    candidate = found.get(CANDIDATE)
    if candidate is not None and candidate.ranker is not None:
        found[WITHOUT] = LiveRecommender(candidate.model, walk.newsroom, None, params.serving, mixing=candidate.mixing)
    return found


def _walk(context: Context, stream: Stream, at_ms: int) -> Walk:
    """The newsroom as of T: the run's own snapshot, or folded anew where the run has none."""
    first = place_after(stream, at_ms)
    if context.run.complete("ranked") and context.run.facts("ranked")["held_out_from"] == utc(at_ms):
        state = LiveState.load(context.run.read("ranked") / "holdout" / "live", context.params.live)
        return Walk(stream, Newsroom(state), first)
    walk = Walk.towards(stream, at_ms, context.params)
    walk.fold_until(first)
    return walk


def _stream(held_out: HeldOut) -> Stream:
    """All reads; with a validation file its reads follow."""
    stream, later = from_dataset(held_out.dataset), held_out.dataset.validation
    return stream.followed_by(later) if held_out.window.protocol == "validation_file" and later is not None else stream
