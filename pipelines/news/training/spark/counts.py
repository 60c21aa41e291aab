"""Counts of reads in one part, by the same functions as in a single process."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.training.spark.read_parts import open_array
from pipelines.spark.tables import Columns
from script_shared.algorithms.cluster_popularity import reads_of_topics
from script_shared.algorithms.popularity import decayed_counts
from script_shared.arrays import Float32s

ROW, COUNT, GROUP = "row", "count", "group"
COUNTED: dict[str, pl.DataType] = {ROW: pl.Int64(), COUNT: pl.Int64()}
ROWS: dict[str, pl.DataType] = {ROW: pl.Int64()}


def windows(count: int) -> dict[str, pl.DataType]:
    """Columns of decayed counts: group, row of the article, and one number for each window.

    Args:
        count: number of windows.
    """
    return {GROUP: pl.Int64(), ROW: pl.Int64(), **{f"w{window}": pl.Float32() for window in range(count)}}


@dataclass(frozen=True)
class CountReads:
    """Counts reads by user or by article.

    Attributes:
        column: ``user`` or ``article``; all reads with the same value are in one part.
    """

    column: str

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Columns ``COUNTED``."""
        yield rows.group_by(pl.col(self.column).alias(ROW)).agg(pl.len().cast(pl.Int64).alias(COUNT))


@dataclass(frozen=True)
class DecayReads:
    """Decayed counts of articles by group of the reader; all reads of an article are in one part.

    Attributes:
        as_of_ms: the moment to which counts are decayed.
        half_lives_hours: of the windows.
        group: file with the group of each user, None if all users are one group.
        n_groups: how many there are.
    """

    as_of_ms: int
    half_lives_hours: tuple[float, ...]
    group: Path | None = None
    n_groups: int = 1

    @property
    def columns(self) -> Columns:
        """Names and types of the result."""
        return windows(len(self.half_lives_hours))

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """One table for each group."""
        articles, place = np.unique(rows[c.ARTICLE].to_numpy(), return_inverse=True)
        user, time_ms = rows[c.USER].to_numpy(), rows[c.TIMESTAMP].to_numpy()
        groups = np.zeros(len(user), np.int16) if self.group is None else open_array(self.group)[user]
        for group in range(self.n_groups):
            mine = groups == group
            counts = decayed_counts(place[mine], time_ms[mine], len(articles), self.as_of_ms, self.half_lives_hours)
            some = counts.any(axis=1)
            values = {f"w{window}": counts[some, window] for window in range(counts.shape[1])}
            yield pl.DataFrame({GROUP: np.full(some.sum(), group), ROW: articles[some], **values})


def decayed_of(found: pl.DataFrame, n_groups: int, n_articles: int) -> Float32s:
    """float32 (n_groups, n_articles, windows): the counts of all parts.

    Args:
        found: the results of ``DecayReads`` for all parts.
        n_groups: how many groups there are.
        n_articles: rows of the catalog.
    """
    values = [name for name in found.columns if name not in (GROUP, ROW)]
    counts = np.zeros((n_groups, n_articles, len(values)), np.float32)
    counts[found[GROUP].to_numpy(), found[ROW].to_numpy()] = found.select(values).to_numpy()
    return counts


@dataclass(frozen=True)
class CountTopics:
    """Counts the reads of topics by group of the reader.

    Attributes:
        group, n_groups: as for ``DecayReads``, but ``group`` is never None.
        topics: file with the topics of each article.
    """

    group: Path
    n_groups: int
    topics: Path

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The columns ``COUNTED``; ``row`` is the index in the flattened array of ``reads_of_topics``."""
        groups = open_array(self.group)[rows[c.USER].to_numpy()]
        counts = reads_of_topics(groups, rows[c.ARTICLE].to_numpy(), open_array(self.topics), self.n_groups).ravel()
        some = np.flatnonzero(counts)
        yield pl.DataFrame({ROW: some, COUNT: counts[some]})


@dataclass(frozen=True)
class FindArticles:
    """Finds the articles that members read; all reads of an article are in one part.

    Attributes:
        members: file of booleans, one for each user.
    """

    members: Path

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Columns ``ROWS``."""
        mine = open_array(self.members)[rows[c.USER].to_numpy()]
        yield pl.DataFrame({ROW: np.unique(rows[c.ARTICLE].to_numpy()[mine])})
