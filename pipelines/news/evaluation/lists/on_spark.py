"""Gets lists from a model on Spark: each task loads the model and makes the lists of some users."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.spark.tables import KIND, NOTE, run_tasks, to_polars
from script_shared.arrays import Int64s, IntArray
from script_shared.clock import Clock
from script_shared.news.model import BATCH, NewsModel

USERS = 16 * BATCH  # of a task; whole batches, so that each is computed as in one process
PLACE, ARTICLE = "place", "article"
COLUMNS: dict[str, pl.DataType] = {KIND: pl.String(), NOTE: pl.String(), PLACE: pl.Int64(), ARTICLE: pl.Int64()}


@dataclass(frozen=True)
class Part:
    """Users of one segment.

    Attributes:
        segment: its name.
        users: int (m), their rows.
        places: int (m), their positions among the users of all tasks.
    """

    segment: str
    users: Int64s
    places: Int64s


@dataclass(frozen=True)
class ListTask:
    """Makes the lists of one part.

    Attributes:
        folder: of the model, on a disk that every machine shares.
        changed: when its ``model.json`` was written.
        at_ms: the model's time, epoch milliseconds, UTC.
        n: length of the lists.
        parts: the users of each task.
    """

    folder: Path
    changed: int
    at_ms: int
    n: int
    parts: Sequence[Part]

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """One row for each position of each list."""
        part, model = self.parts[number], _model(self.folder, self.changed)
        model.clock = Clock("data", self.at_ms)
        found = model.recommend_many(part.users, part.segment, self.n)
        places = part.places[:, None] * self.n + np.arange(self.n)
        yield pl.DataFrame({PLACE: places.ravel(), ARTICLE: found.ravel()})


@lru_cache(maxsize=1)
def _model(folder: Path, changed: int) -> NewsModel:
    """Load a model once for each process of Spark, and again when it has changed."""
    return NewsModel.load(folder, str(changed))


@dataclass(frozen=True)
class SparkAsk:
    """As ``pipelines.news.evaluation.lists.asking.ask``, on Spark.

    Attributes:
        session: of Spark.
    """

    session: Any

    def __call__(self, model: NewsModel, folder: Path, users: IntArray, n: int, at_ms: int) -> Int64s:
        """Every user's list, each by the recommender of the user's segment, with the clock at T.

        Args:
            model: the same as in the folder.
            folder: on a disk that every machine shares.
            users: int (m), rows of the users.
            n: length of the lists.
            at_ms: T, epoch milliseconds, UTC.

        Returns:
            int64 (m, n): article rows, -1 padded.
        """
        changed = (folder / "model.json").stat().st_mtime_ns
        task = ListTask(folder.absolute(), changed, at_ms, n, list(_parts(model, users)))
        found = to_polars(run_tasks(self.session, len(task.parts), task, COLUMNS))
        lists = np.full(len(users) * n, -1, np.int64)
        lists[found[PLACE].to_numpy()] = found[ARTICLE].to_numpy()
        return lists.reshape(len(users), n)


def _parts(model: NewsModel, users: IntArray) -> Iterator[Part]:
    for segment in model.segments:
        places = np.flatnonzero(np.isin(users, model.segment_rows(segment)))
        for start in range(0, len(places), USERS):
            some = places[start : start + USERS]
            yield Part(segment, np.asarray(users[some], np.int64), some)
