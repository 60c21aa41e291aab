"""Refines a parquet of portal clicks on Spark: tasks number slices of it, then judge groups of users."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.events.clicks import Labels
from pipelines.news.refine.events.logged_events import LoggedEvents
from pipelines.news.refine.portal_clicks import (
    CODED,
    FILE,
    check_clicks,
    encode,
    in_milliseconds,
    login_types,
    write_articles,
)
from pipelines.news.refine.rows.label_codes import label_codes, number_texts
from pipelines.news.refine.rows.write import write_labels, write_rejected
from pipelines.news.refine.spark.columns import READS, with_places
from pipelines.news.refine.spark.job import RefineJob
from pipelines.news.refine.spark.judging import JudgeTask, first_clicks_of, judged_reads
from pipelines.news.refine.spark.write import write_reads
from pipelines.spark.session import parts_of
from pipelines.spark.tables import KIND, literal, run_tasks, to_polars

SLICE = 1_000_000  # clicks that a task reads
USERS, ARTICLES = "users_of_clicks.parquet", "articles_of_clicks.parquet"
NUMBERED: dict[str, pl.DataType] = {KIND: pl.String(), **READS, c.USER_ID: pl.String(), c.ARTICLE_ID: pl.String()}


@dataclass(frozen=True)
class NumberTask:
    """Numbers the clicks of one slice.

    Attributes:
        file: a parquet of clicks.
        scratch: where the ids of users and articles are, ascending.
        labels: codes of regions and devices that are not small numbers, by column.
        rows: of a slice.
    """

    file: Path
    scratch: Path
    labels: Labels
    rows: int

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """One table: the clicks of the users who were not erased."""
        users, articles = (_ids(self.scratch / name) for name in (USERS, ARTICLES))
        table = pl.scan_parquet(self.file, glob=False).select(c.CLICK_COLUMNS).slice(number * self.rows, self.rows)
        clicks = table.with_columns(in_milliseconds()).collect()
        clicks = clicks.filter(pl.col(c.CLICK_USER).is_in(users.implode()))
        rows = encode(clicks, users, articles, self.labels)
        yield with_places(rows, number, 0).with_columns(pl.col(c.TIMESTAMP).to_physical())


@lru_cache(maxsize=2)
def _ids(file: Path) -> pl.Series:
    """Once for each process of Spark."""
    return pl.read_parquet(file, glob=False).to_series()


def refine_clicks_on_spark(job: RefineJob) -> dict[str, Any]:
    """Write the refined tables of ``raw/clicks.parquet`` and return the facts.

    Args:
        job: the run, and where Spark works.

    Returns:
        as ``refine_clicks``.

    Raises:
        InputError: the file is not a parquet file of clicks.
    """
    check_clicks(job.raw / FILE)
    known = _contents_of(job.session, job.raw / FILE, job.taken)
    names, ids = known.users[c.CLICK_USER].cast(pl.String), known.articles.cast(pl.String)
    job.scratch.mkdir(parents=True, exist_ok=True)
    known.users.select(c.CLICK_USER).write_parquet(job.scratch / USERS)
    known.articles.to_frame().write_parquet(job.scratch / ARTICLES)
    rows = pl.scan_parquet(job.raw / FILE, glob=False).select(pl.len()).collect().item()
    task = NumberTask(job.raw / FILE, job.scratch, known.labels, SLICE)
    coded = run_tasks(job.session, -(-rows // SLICE), task, NUMBERED)
    groups = coded.drop(KIND).repartition(parts_of(job.session, rows), c.USER)
    reads = judged_reads(groups, JudgeTask(job.params, FILE, measured=False), job.scratch, known.erased)
    ahead = reads.reject_ahead(names, ids)
    ahead |= reads.reject_behind(names, ids)
    article_ids = write_articles(job.folder, first_clicks_of(reads), known.articles, job.run_id, job.taken.posts)
    users = pl.DataFrame({c.USER_ID: names, c.USER_TYPE: login_types(names, known.users["count"])})
    one = pl.lit(1.0, pl.Float32).alias(c.ENGAGEMENT)
    merged = reads.add_log(job.taken, users, article_ids, job.params, one, task.labels)
    ahead = reads.reject_doubtful(merged, ahead, article_ids)
    written = write_reads(job.folder, reads, merged.users, len(article_ids), job.run_id)
    write_labels(job.folder, merged.labels)
    write_rejected(job.folder, reads.rejected_table(), job.run_id)
    counts = {"users": merged.users.height, "articles": len(article_ids)}
    return {**counts, **reads.facts(), **merged.facts, **ahead, **written, "login_flag": "simulated"}


@dataclass(frozen=True)
class _Contents:
    """What the file holds: users with the count of their clicks and articles, both ascending, and codes of labels."""

    users: pl.DataFrame
    articles: pl.Series
    labels: dict[str, dict[str, int]]
    erased: int


def _contents_of(session: Any, file: Path, taken: LoggedEvents) -> _Contents:
    """Read the file column by column in Spark, without the users who were erased."""
    from pyspark.sql import functions as sql

    kinds = pl.scan_parquet(file, glob=False).collect_schema()
    clicks = session.read.parquet(literal(file))
    users = to_polars(clicks.groupBy(c.CLICK_USER).count())
    users = users.with_columns(pl.col(c.CLICK_USER).cast(kinds[c.CLICK_USER]))
    gone = pl.Series(taken.erased.among(users[c.CLICK_USER].cast(pl.String)), dtype=pl.Boolean)
    if gone.any():
        clicks = clicks.filter(~sql.col(c.CLICK_USER).isin(users.filter(gone)[c.CLICK_USER].to_list()))

    def distinct(name: str) -> pl.Series:
        return to_polars(clicks.select(name).distinct()).to_series().cast(kinds[name])

    labels = {name: label_codes(number_texts(distinct(column)))[1] for name, column in CODED.items()}
    kept = users.filter(~gone).sort(c.CLICK_USER)
    return _Contents(kept, distinct(c.CLICK_ARTICLE).sort(), labels, int(gone.sum()))
