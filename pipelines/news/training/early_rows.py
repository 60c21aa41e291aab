"""The ranker's first training rows, made by another process if there are many clicks and a second core."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.news.dataset import Dataset
from pipelines.news.replay.walk import Walk, place_after
from pipelines.news.split.moments import Moments
from pipelines.news.training.ranker_replay import ReplayPlan, offers, walk_of
from pipelines.news.training.ranker_rows import TrainingRows, rows_of
from pipelines.news.training.renewal import Renewal
from pipelines.other_core import other_core
from script_shared.news.params import NewsParams

FEW_CLICKS = 300_000  # to fold: about 15 s, five times the start of a second process
Rows = Callable[[], TrainingRows]


@contextmanager
def early_rows(
    walk: Walk, refined: Path, assembled: Path, at: Moments, plan: ReplayPlan, params: NewsParams
) -> Iterator[Rows | None]:
    """How to get the rows of the early clicks, if another process makes them meanwhile.

    Args:
        walk: a walk that has not begun.
        refined: folder of the tables of its stream.
        assembled: folder of the step ``assemble``.
        at: the moments of the run.
        plan: the clicks.
        params: of the use case.

    Yields:
        A function that waits for the rows; None if one process is enough.
    """
    clicks = place_after(walk.stream, at.split) - walk.folded
    with other_core(worth_it=clicks > FEW_CLICKS) as pool:
        if pool is None:
            yield None
        else:
            yield pool.submit(replay_early, refined, assembled, at, plan.part(early=True), params).result


def replay_early(refined: Path, assembled: Path, at: Moments, plan: ReplayPlan, params: NewsParams) -> TrainingRows:
    """Rows of clicks to learn from, from a walk of their own.

    Args:
        refined: folder of the tables.
        assembled: folder of the step ``assemble``.
        at: the moments of the run.
        plan: the clicks.
        params: of the use case.
    """
    dataset = Dataset.load(refined)
    walk = walk_of(dataset, assembled, at, params)
    walk.fold_until(place_after(walk.stream, at.fitted))
    with TemporaryDirectory(prefix="pauta-renewed-") as scratch:
        renewal = Renewal(dataset, params.ranking.renew_hours, Path(scratch))
        found = offers(walk, assembled / "rank", renewal, at.fitted, plan, params)
        cases = (walk.case(place, candidates) for place, _, candidates in found)
        return rows_of(cases, walk.stream.weight, params.ranker)
