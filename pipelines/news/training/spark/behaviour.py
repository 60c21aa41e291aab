"""The features of users on Spark: tasks compute them for all reads of some users, and assign groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.training.spark.read_parts import BY_USER, ReadParts, open_array, stored_files
from pipelines.spark.tables import run_tasks, to_polars
from script_shared.algorithms.kmeans import Grouping
from script_shared.arrays import Bools, FloatArray, Int16s, UInt32s
from script_shared.news.readers.behaviour import HOUR_SHARES, QUANTITIES, features
from script_shared.news.readers.reads import Reads

MOST_USERS = 1_000_000  # groups are fitted on at most this many, drawn by seed
SEED = 20220701
GROUPED: dict[str, pl.DataType] = {c.USER: pl.Int64(), "group": pl.Int16()}


@dataclass(frozen=True)
class FeatureTask:
    """Computes the features of all users of one part.

    Attributes:
        topics: file with the topics of each article.
        sizes: how many topics of each kind there are.
    """

    topics: Path
    sizes: tuple[int, int]

    @property
    def columns(self) -> dict[str, pl.DataType]:
        """Names and types of the result."""
        width = QUANTITIES + HOUR_SHARES + sum(self.sizes)
        return {c.USER: pl.Int64(), **{f"f{place}": pl.Float64() for place in range(width)}}

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """One row for each user."""
        users, place = np.unique(rows[c.USER].to_numpy(), return_inverse=True)
        table = features(_reads(rows, place.astype(np.uint32)), len(users), open_array(self.topics), self.sizes)
        values = {f"f{column}": table[:, column] for column in range(table.shape[1])}
        yield pl.DataFrame({c.USER: users, **values})


@dataclass(frozen=True)
class GroupTask:
    """Assigns the users of one file of features to groups.

    Attributes:
        files: as for ``SparkBehaviour``.
        grouping: the fitted groups.
    """

    files: tuple[Path, ...]
    grouping: Grouping

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """Columns ``GROUPED``."""
        table = pl.read_parquet(self.files[number], glob=False)
        yield pl.DataFrame({c.USER: table[c.USER], "group": self.grouping.assign(_rows_in_memory(table))})


@dataclass(frozen=True)
class SparkBehaviour:
    """The features of all users, in files.

    Attributes:
        parts: of the reads.
        files: with the features.
        n_users: how many users there are, with or without reads.
    """

    parts: ReadParts
    files: tuple[Path, ...]
    n_users: int

    @classmethod
    def of(cls, parts: ReadParts, task: FeatureTask, n_users: int, last_ms: int, first_ms: int) -> "SparkBehaviour":
        """Compute the features.

        Args:
            parts: of the reads.
            task: the topics.
            n_users: how many users there are.
            last_ms, first_ms: later and earlier reads are left out; epoch milliseconds, UTC.
        """
        table = parts.table(BY_USER, task, task.columns, last_ms, first_ms)
        return cls(parts, stored_files(table, parts.new_folder("features")), n_users)

    def rows(self, members: Bools) -> FloatArray:
        """The same as ``Behaviour.rows``, but at most ``MOST_USERS`` rows.

        Args:
            members: bool (n_users).
        """
        table = pl.scan_parquet(list(self.files), glob=False)
        seen = table.select(c.USER).collect()[c.USER].sort().to_numpy()
        users = seen[members[seen]]
        if len(users) > MOST_USERS:
            users = np.sort(np.random.default_rng(SEED).choice(users, MOST_USERS, replace=False))
        wanted = pl.LazyFrame({c.USER: users}, schema={c.USER: pl.Int64})
        found = table.join(wanted, on=c.USER, how="semi").collect().sort(c.USER)
        return _rows_in_memory(found)

    def groups(self, grouping: Grouping) -> Int16s:
        """As ``Behaviour.groups``."""
        table = run_tasks(self.parts.session, len(self.files), GroupTask(self.files, grouping), GROUPED)
        found = to_polars(table)
        group = np.full(self.n_users, -1, np.int16)
        group[found[c.USER].to_numpy()] = found["group"].to_numpy()
        return group


def _rows_in_memory(table: pl.DataFrame) -> FloatArray:
    """The features in row-major order, as ``features`` returns them: the last bits of sums depend on the order."""
    return np.ascontiguousarray(table.drop(c.USER).to_numpy())


def _reads(rows: pl.DataFrame, user: UInt32s) -> Reads:
    """The reads of a part, with new user numbers; region and device are not features, so they are left out."""
    unknown = np.full(len(user), -1, np.int16)
    names = (c.SECONDS, c.CLICKS, c.SCROLL, c.VISITS)
    seconds, clicks, scroll, visits = (rows[name].to_numpy() for name in names)
    return Reads(
        user=user,
        article=rows[c.ARTICLE].to_numpy().astype(np.uint32),
        time_ms=rows[c.TIMESTAMP].to_numpy(),
        engagement=rows[c.ENGAGEMENT].to_numpy(),
        seconds=seconds,
        clicks=clicks,
        scroll=scroll,
        visits=visits,
        region=unknown,
        device=unknown,
    )
