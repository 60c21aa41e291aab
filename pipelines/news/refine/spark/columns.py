"""Columns of the tables that tasks of refine pass to Spark, which has neither unsigned numbers nor Polars' times."""

import polars as pl

from pipelines.news import columns as c
from pipelines.news.tables import INTERACTION_TYPES, REJECTED_TYPES, TIME
from pipelines.spark.tables import KIND, NOTE

USER_ROW, KEPT, REJECTED, COUNTS, ARTICLE_ROW = "user_row", "kept", "rejected", "counts", "article_row"
PLACE = "place"  # position of a row among all: the number of its task, then its position in the task
TASK_BITS = 34  # how far the task's number is shifted

_EXCHANGED: dict[type[pl.DataType], pl.DataType] = {pl.UInt32: pl.Int64(), pl.Datetime: pl.Int64()}


def _exchange_type(kind: pl.DataType) -> pl.DataType:
    return _EXCHANGED.get(type(kind), kind)


READS = {name: _exchange_type(kind) for name, kind in INTERACTION_TYPES.items()} | {PLACE: pl.Int64()}
REFUSED = {name: _exchange_type(kind) for name, kind in REJECTED_TYPES.items()}
ROWS: dict[str, pl.DataType] = {
    KIND: pl.String(),
    NOTE: pl.String(),
    **READS,
    **REFUSED,
    c.USER_TYPE: pl.String(),
}
ARTICLES: dict[str, pl.DataType] = {
    KIND: pl.String(),
    NOTE: pl.String(),
    **{name: pl.String() for name in (c.ARTICLE_ID, c.URL, c.TITLE, c.CAPTION, c.BODY)},
    c.ISSUED: pl.Int64(),
    **{name: pl.String() for name in (c.SECTION, c.REGION)},
    **REFUSED,
}
CATALOG = (c.ARTICLE_ID, c.URL, c.TITLE, c.CAPTION, c.BODY, c.ISSUED, c.SECTION, c.REGION)


def as_rejected(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rejected rows from Spark, with the columns of the table ``rejected``."""
    return rows.select(pl.col(name).cast(kind) for name, kind in REJECTED_TYPES.items())


def as_reads(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Reads from Spark, with the columns of the table of interactions."""
    return rows.select(pl.col(name).cast(kind) for name, kind in INTERACTION_TYPES.items())


def as_catalog(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Articles from Spark, with the columns of the table of articles, without numbers."""
    return rows.select(pl.col(name).cast(TIME) if name == c.ISSUED else pl.col(name) for name in CATALOG)


def with_places(rows: pl.DataFrame, task: int, begin: int) -> pl.DataFrame:
    """Rows of one task with their places.

    Args:
        rows: in their order.
        task: its number.
        begin: how many rows of the task came before.
    """
    places = pl.int_range(begin, begin + rows.height, dtype=pl.Int64, eager=True) + (task << TASK_BITS)
    return rows.with_columns(places.alias(PLACE))
