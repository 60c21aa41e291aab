"""Trains the ranker on clicks that the segments' models have not seen; adds it and the live state to the release."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from pipelines.news.dataset import Dataset
from pipelines.news.replay.walk import Walk, place_after
from pipelines.news.site import settle_params
from pipelines.news.split.moments import Moments, moments_of
from pipelines.news.training.early_rows import early_rows
from pipelines.news.training.log_position import note_log
from pipelines.news.training.ranker_fit import FittedRanker, learn
from pipelines.news.training.ranker_replay import ReplayPlan, clusters_of, walk_of
from pipelines.news.training.renewal import Renewal
from pipelines.news.training.segments import folder_megabytes
from pipelines.raw_files.links import link_tree, sizes
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.state.state_io import save_state, sizes_of

FOLDERS = ("holdout", "release")


def rank(context: Context) -> dict[str, Any]:
    """Reads refined and assembled; writes ranked/<run>/holdout and ranked/<run>/release.

    Both are the assembled folders with two more in them: ``ranker/``, and ``live/``, the live state as of their moment.
    The reads between R and T are replayed through the serving code with the models as of R; the ranker learns which of
    the candidates was read. Without enough of them there is no ranker, and the facts say why.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step: ``ranker`` (whether there is one), ``why_not``, the moments, ``live`` (sizes of the live
        state), ``live_megabytes``, ``seconds``, and what the training found.

    Raises:
        RunError: assemble is not complete.
    """
    params: NewsParams = settle_params(context).params
    dataset, assembled = Dataset.load(context.run.read("refined")), context.run.read("assembled")
    at = moments_of(dataset, params)
    walk = walk_of(dataset, assembled, at, params)
    with context.run.write("ranked") as (folder, facts):
        started = perf_counter()
        learned = _learn(walk, at, context.run, dataset, params)
        for name, moment in zip(FOLDERS, (at.split, at.end), strict=True):
            link_tree(assembled / name, folder / name, sizes(assembled / name))
            walk.fold_until(place_after(walk.stream, moment))
            save_state(walk.state, folder / name / "live")
            learned.mixing.save(folder / name / "live")
            walk.state.clusters.assignment = clusters_of(assembled / FOLDERS[-1])
            if learned.ranker is not None:
                learned.ranker.save(folder / name / "ranker")
        note_log(folder / "release", context.run)
        facts.update(ranker=learned.ranker is not None, **learned.facts, **at.as_facts())
        facts.update(live=sizes_of(walk.state), live_megabytes=folder_megabytes(folder / "release" / "live"))
        facts["seconds"] = round(perf_counter() - started, 2)
    return dict(facts)


def _learn(walk: Walk, at: Moments, run: Run, dataset: Dataset, params: NewsParams) -> FittedRanker:
    if at.too_short:
        return FittedRanker(None, Mixing.default(params.serving), {"why_not": at.too_short})
    refined, assembled = run.read("refined"), run.read("assembled")
    plan = ReplayPlan.of(walk.stream, at, params)
    with (
        early_rows(walk, refined, assembled, at, plan, params) as early,
        TemporaryDirectory(prefix="pauta-renewed-") as scratch,
    ):
        renewal = Renewal(dataset, params.ranking.renew_hours, Path(scratch))
        return learn(walk, assembled / "rank", renewal, at, plan, early, params)
