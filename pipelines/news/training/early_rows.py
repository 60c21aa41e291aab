"""The ranker's first training rows, made by another process if there are many requests and a second core.

Both processes need the live state as of R. This process folds and saves it; the other one loads it and continues.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.news.dataset import Dataset
from pipelines.news.replay.labels import Label
from pipelines.news.replay.sources import from_dataset
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Walk, place_after
from pipelines.news.split.moments import Moments
from pipelines.news.training.ranker_replay import ReplayPlan, clusters_of, offers
from pipelines.news.training.ranker_rows import TrainingRows, rows_of
from pipelines.news.training.renewal import Renewal
from pipelines.processes.other_core import other_core
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.state.state_io import load_state, save_state

FEW_REQUESTS = 2_500  # early requests: about 6 s of work, twice the start of a second process
Rows = Callable[[], TrainingRows]


@contextmanager
def early_rows(
    walk: Walk, refined: Path, assembled: Path, at: Moments, plan: ReplayPlan, params: NewsParams
) -> Iterator[Rows | None]:
    """Fold until R; yields a function that returns the early clicks' rows, if another process computes them.

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
    early = plan.part(early=True)
    with (
        TemporaryDirectory(prefix="pauta-folded-") as folded,
        other_core(worth_it=len(early.places) > FEW_REQUESTS) as pool,
    ):
        if pool is not None:
            pool.submit(prepare, refined, at, params)
        walk.fold_until(place_after(walk.stream, at.fitted))
        if pool is None:
            yield None
        else:
            save_state(walk.state, Path(folded))
            yield pool.submit(replay_early, refined, assembled, Path(folded), at, early, params).result


def prepare(refined: Path, at: Moments, params: NewsParams) -> None:
    """Load what ``replay_early`` needs in addition to the live state, which is still being folded.

    Args:
        refined: folder of the tables.
        at: the moments of the run.
        params: of the use case.
    """
    _data_of(refined, params.ranker.label, at.split)


def replay_early(
    refined: Path, assembled: Path, folded: Path, at: Moments, plan: ReplayPlan, params: NewsParams
) -> TrainingRows:
    """Rows of clicks to learn from, from a walk of their own.

    Args:
        refined: folder of the tables.
        assembled: folder of the step ``assemble``.
        folded: folder of the live state as of R.
        at: the moments of the run.
        plan: the clicks.
        params: of the use case.
    """
    dataset, stream = _data_of(refined, params.ranker.label, at.split)
    walk = Walk(stream, Newsroom(load_state(folded, params.live)), place_after(stream, at.fitted))
    walk.state.clusters.assignment = clusters_of(assembled / "holdout")
    with TemporaryDirectory(prefix="pauta-renewed-") as scratch:
        renewal = Renewal(dataset, params.ranking.renew_hours, Path(scratch))
        found = offers(walk, assembled / "rank", renewal, at.fitted, plan, params)
        cases = (walk.case(place, candidates) for place, _, candidates in found)
        return rows_of(cases, walk.stream.weight, params.ranker)


@lru_cache(maxsize=1)
def _data_of(refined: Path, label: Label, as_of_ms: int) -> tuple[Dataset, Stream]:
    dataset = Dataset.load(refined)
    return dataset, from_dataset(dataset, label, as_of_ms)
