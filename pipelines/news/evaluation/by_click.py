"""Evaluation click by click: replays the held-out window through the serving code, which then folds every click."""

from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from pipelines.news.evaluation.answers import Answers
from pipelines.news.evaluation.replayed_models import Releases, prepare, ranks_of_run, replay_ranks, stream_of
from pipelines.news.evaluation.result import CANDIDATE
from pipelines.news.replay.figures import ReplayResult, measure_models
from pipelines.news.replay.models import EDITED, LISTED, WITHOUT
from pipelines.news.replay.sampling import draw
from pipelines.news.replay.walk import place_after
from pipelines.news.split.holdout import Holdout
from pipelines.processes.other_core import other_core
from pipelines.use_case import Context
from script_shared.news.params import NewsParams

FEW_CLICKS = 300_000  # of the data: with fewer, loading them in another process takes longer than it saves


@contextmanager
def other_replay(context: Context, held_out: Holdout) -> Iterator[ProcessPoolExecutor | None]:
    """Yield a second process, which loads the data and then replays some of the models; None if one is enough.

    Args:
        context: the run, its settings and params.
        held_out: the window and its users.
    """
    wanted = context.params.evaluation.replayed_clicks > 0
    with other_core(worth_it=wanted and len(held_out.dataset.interactions) > FEW_CLICKS) as pool:
        if pool is not None:
            pool.submit(prepare, context)
        yield pool


def replay(
    context: Context,
    held_out: Holdout,
    releases: Releases,
    answers: Answers,
    pool: ProcessPoolExecutor | None = None,
) -> ReplayResult | None:
    """Rank before each drawn click of the window, knowing only earlier clicks; None if the replay is off.

    Args:
        context: the run, its settings and params.
        held_out: the window and its users.
        releases: by model the folder assembled as of T, and the folder that holds its ranker.
        answers: gets the answers of the first model.
        pool: of ``other_replay``; None if this process replays all models.

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
    window, wanted, stream = held_out.window, params.evaluation, stream_of(held_out)
    within = range(place_after(stream, window.start_ms), place_after(stream, window.end_ms))
    drawn = draw(stream, within, wanted.replayed_clicks, wanted.seed)
    own = own_models(releases)
    others = pool.submit(ranks_of_run, context, releases, drawn.places, own) if pool is not None else None
    only = own if others is not None else None
    ranks = replay_ranks(context, held_out, releases, drawn.places, only=only, notes={subject: answers.note})
    ranks |= others.result() if others is not None else {}
    answers.finish(stream, drawn, wanted.seed)
    ranks = {name: ranks[name] for name in in_order(ranks, releases)}
    return measure_models(
        ranks, drawn, wanted.cutoffs, subject, wanted.bootstrap_resamples, wanted.seed, answers.sources
    )


def own_models(releases: Collection[str]) -> frozenset[str]:
    """The models that this process replays if another one replays the rest: about half of them, with the first.

    >>> sorted(own_models(["candidate", "in_service", "v3"]))
    ['candidate', 'v3', 'with_rules']
    """
    return frozenset([*list(releases)[::2], EDITED])


def in_order(models: Collection[str], releases: Collection[str]) -> list[str]:
    """Models in the order of the report, the same in every process, because the rounding of sums depends on it.

    >>> in_order(["most_read_10m", "most_read_1h", "segment_model", "v1", "candidate"], ["candidate", "v1"])
    ['candidate', 'v1', 'segment_model', 'most_read_10m', 'most_read_1h']
    """
    first = [name for name in (*releases, WITHOUT, EDITED, LISTED) if name in models]
    return [*first, *(name for name in models if name not in first)]
