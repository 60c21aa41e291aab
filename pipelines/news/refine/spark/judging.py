"""Judges clicks on Spark in groups of users, with the rules of the engine Polars."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.rows.first_clicks import LAST
from pipelines.news.refine.rows.judged import judge_rows
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.refine.spark.columns import COUNTS, KEPT, PLACE, READS, REJECTED, ROWS
from pipelines.news.refine.spark.reads import SparkReads
from pipelines.news.tables import INTERACTION_TYPES, TIME
from pipelines.spark.tables import KIND, map_parts, note, store, to_polars
from script_shared.news.params import RefineParams

JUDGED = "judged"


@dataclass(frozen=True)
class JudgeTask:
    """Judges all clicks of some users.

    Attributes:
        params: limits, and how engagement is weighted.
        file: name of the clicks' file.
        measured: see ``judge_rows``.
    """

    params: RefineParams
    file: str
    measured: bool

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Kept and rejected clicks, and counts.

        Args:
            rows: the columns ``READS``, user_id and article_id, in any order.
        """
        numbers = [pl.col(name).cast(INTERACTION_TYPES[name]) for name in (c.USER, c.ARTICLE, c.TIMESTAMP)]
        judged = judge_rows(rows.sort(PLACE).with_columns(numbers), self.params, self.file, measured=self.measured)
        for kind, table in ((KEPT, judged.kept), (REJECTED, judged.rejected)):
            yield table.with_columns(pl.lit(kind).alias(KIND), pl.col(c.TIMESTAMP).to_physical())
        yield note(COUNTS, {"input_rows": rows.height, "clipped": judged.clipped})


def judged_reads(groups: Any, task: Any, scratch: Path, erased: int) -> SparkReads:
    """Judge clicks.

    Args:
        groups: table of Spark, divided so that all clicks of a user are in one part.
        task: ``JudgeTask``, or a task that ends with one.
        scratch: for files between two stages, on a disk that every machine shares.
        erased: how many users were left out before.
    """
    stored = store(groups.sparkSession, map_parts(groups, task, ROWS), scratch / JUDGED, ROWS)
    counts = Tally(erased=erased)
    for of in stored.notes(COUNTS):
        counts.input_rows += of["input_rows"]
        counts.clipped.update(Counter(of["clipped"]))
    return SparkReads(stored.session, scratch, stored.of_kind(KEPT).select(*READS), [stored.scan(REJECTED)], counts)


def first_clicks_of(reads: SparkReads) -> pl.DataFrame:
    """Each article that was read, as ``pipelines.news.refine.rows.first_clicks`` returns it.

    Args:
        reads: all of them.
    """
    from pyspark.sql import functions as sql

    times = (sql.min(c.TIMESTAMP).alias(c.TIMESTAMP), sql.max(c.TIMESTAMP).alias(LAST))
    found = to_polars(reads.kept.groupBy(c.ARTICLE).agg(*times))
    return found.select(pl.col(c.ARTICLE).cast(pl.UInt32), pl.col(c.TIMESTAMP).cast(TIME), pl.col(LAST).cast(TIME))
