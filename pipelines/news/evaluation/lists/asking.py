"""Gets the lists of all held-out users from a model, with the engine of the settings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipelines.spark.scratch import shared_scratch
from pipelines.use_case import Context
from script_shared.arrays import Int64s, IntArray
from script_shared.clock import Clock
from script_shared.news.model import NewsModel

Ask = Callable[[NewsModel, Path, IntArray, int, int], Int64s]  # a model, its folder, users, length of lists, T


def ask(model: NewsModel, folder: Path, users: IntArray, n: int, at_ms: int) -> Int64s:
    """Every user's list, each by the recommender of the user's segment, with the clock at T.

    Args:
        model: whose clock is set.
        folder: from which it was loaded.
        users: int (m), rows of the users.
        n: length of the lists.
        at_ms: T, epoch milliseconds, UTC.

    Returns:
        int64 (m, n): article rows, -1 padded.
    """
    model.clock = Clock("data", at_ms)
    lists = np.full((len(users), n), -1, np.int64)
    for segment in model.segments:
        mine = np.isin(users, model.segment_rows(segment))
        lists[mine] = model.recommend_many(users[mine], segment, n)
    return lists


@contextmanager
def asking(context: Context) -> Iterator[Ask]:
    """Yield the function that gets lists from a model; use it inside the block.

    Args:
        context: the run, its settings, params and options.

    Raises:
        SettingsError: Spark cannot be used.
    """
    if context.settings.engine != "spark":
        yield ask
        return
    from pipelines.news.evaluation.lists.on_spark import SparkAsk  # PySpark is an extra
    from pipelines.spark.session import spark_session

    with spark_session(context.settings, f"evaluate {context.use_case} {context.run.run_id}") as session:
        yield SparkAsk(session)


@contextmanager
def scratch_of(context: Context, step: str) -> Iterator[Path]:
    """A folder in which models are assembled for the evaluation; it is removed at the end of the block.

    With Spark, it is on the disk that Spark's machines share.

    Args:
        context: the run, its settings, params and options.
        step: name of the step's folder, such as ``evaluated``.
    """
    if context.settings.engine != "spark":
        with TemporaryDirectory(prefix="pauta-in-service-") as folder:
            yield Path(folder)
        return
    with shared_scratch(context.run.place(step)) as shared:
        yield shared
