"""Writes the results of refine on Spark as the same files that the engine Polars writes."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.rows.write import fill_reads, write_interactions, write_users
from pipelines.news.refine.spark.columns import PLACE, READS, as_reads
from pipelines.news.refine.spark.reads import SparkReads
from pipelines.spark.session import parts_of
from pipelines.spark.tables import literal, to_polars

SORTED = "sorted"


def write_reads(folder: Path, reads: SparkReads, users: pl.DataFrame, articles: int, run_id: str) -> dict[str, Any]:
    """Write the tables of users and interactions; Spark sorts, and its sorted parts become one file.

    Args:
        folder: of the refined run.
        reads: all of them.
        users: user_id, user_type in the order of their numbers.
        articles: number of articles.
        run_id: for messages.

    Returns:
        ``interactions``, ``first`` and ``last``.
    """
    from pyspark.sql import functions as sql

    place = reads.folder / SORTED
    parts = parts_of(reads.session, reads.kept.count())
    ranges = reads.kept.repartitionByRange(parts, c.TIMESTAMP, PLACE).sortWithinPartitions(c.TIMESTAMP, PLACE)
    ranges.write.parquet(str(place))
    files = sorted(place.glob("*.parquet"))
    table = as_reads(pl.scan_parquet(files, glob=False, schema=READS) if files else pl.LazyFrame(schema=READS))
    write_interactions(folder, table, run_id, {c.USER: users.height, c.ARTICLE: articles})
    written = reads.session.read.parquet(literal(place))
    counts = to_polars(written.groupBy(c.USER).agg(sql.count(c.USER).alias(c.READS)))
    numbers = fill_reads(counts.select(pl.col(c.USER).cast(pl.UInt32), c.READS), users.height)
    write_users(folder, users[c.USER_ID], users[c.USER_TYPE], numbers, run_id)
    times = table.select(pl.len(), pl.min(c.TIMESTAMP).alias("first"), pl.max(c.TIMESTAMP).alias("last")).collect()
    rows, first, last = times.row(0)
    return {"interactions": rows, "first": str(first) if rows else None, "last": str(last) if rows else None}
