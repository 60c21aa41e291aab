"""Refines the tables of the source ``files`` on Spark: tasks find the users of visits, then judge their clicks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.events.clicks import Labels
from pipelines.news.refine.own_articles import catalog, write_articles
from pipelines.news.refine.own_files import (
    CLICKS,
    LABELS,
    encode,
    login_types,
    no_click,
    users_of,
    with_reasons,
)
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.label_codes import label_codes
from pipelines.news.refine.rows.rules import rejected_rows
from pipelines.news.refine.rows.tally import Tally, without_erased
from pipelines.news.refine.rows.write import write_labels, write_rejected
from pipelines.news.refine.spark.columns import KEPT, PLACE, REFUSED, REJECTED, with_places
from pipelines.news.refine.spark.job import RefineJob
from pipelines.news.refine.spark.judging import JudgeTask, first_clicks_of, judged_reads
from pipelines.news.refine.spark.write import write_reads
from pipelines.news.sources.own.normal import CLICK_TYPES
from pipelines.news.tables import INTERACTION_TYPES
from pipelines.spark.session import parts_of
from pipelines.spark.tables import KIND, NOTE, StoredTable, map_parts, run_tasks, store, to_polars
from script_shared.events import ErasedUsers

SLICE = 500_000  # clicks that a task reads
GONE = "gone"  # users who were erased
NAMES, ARTICLES = "names.parquet", "articles_of_clicks.parquet"
RAW: dict[str, pl.DataType] = {KIND: pl.String(), **CLICK_TYPES, PLACE: pl.Int64()}
NAMED: dict[str, pl.DataType] = {
    KIND: pl.String(),
    NOTE: pl.String(),
    **{name: kind for name, kind in CLICK_TYPES.items() if name not in ("user", "article", "time_ms", "bad_id")},
    **REFUSED,
    PLACE: pl.Int64(),
}


@dataclass(frozen=True)
class SliceTask:
    """Reads slices of the clicks.

    Attributes:
        file: the parquet of clicks.
        rows: of a slice.
    """

    file: Path
    rows: int

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """The clicks of one slice, with their places."""
        rows = pl.scan_parquet(self.file, glob=False).slice(number * self.rows, self.rows).collect()
        yield with_places(rows, number, 0)


@dataclass(frozen=True)
class NamingTask:
    """Finds the user of each click; all clicks of a visit are in one part."""

    erased: ErasedUsers

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Clicks that can be used, rejected ones, and the erased users among them."""
        named = users_of(rows.sort(PLACE))
        known = named[c.USER_ID].unique().drop_nulls()
        gone = known.filter(pl.Series(self.erased.among(known), dtype=pl.Boolean))
        yield pl.DataFrame({c.USER_ID: gone}).with_columns(pl.lit(GONE).alias(KIND))
        judged = with_reasons(without_erased(named, c.USER_ID, self.erased, Tally()))
        refused = rejected_rows(judged, CLICKS)
        yield refused.with_columns(pl.lit(REJECTED).alias(KIND), pl.col(c.TIMESTAMP).to_physical())
        sound = judged.filter(pl.col(c.REASON).is_null())
        yield sound.with_columns(pl.lit(KEPT).alias(KIND), pl.col(c.TIMESTAMP).to_physical())


@dataclass(frozen=True)
class UserTask:
    """Numbers and judges all clicks of some users.

    Attributes:
        scratch: where the ids of users and articles are, in the order of their numbers.
        labels: codes of regions and devices that are texts, by column.
        judging: the rules.
    """

    scratch: Path
    labels: Labels
    judging: JudgeTask

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """As ``JudgeTask``."""
        names, articles = (_ids(self.scratch / name) for name in (NAMES, ARTICLES))
        clicks = rows.with_columns(pl.col(c.TIMESTAMP).cast(INTERACTION_TYPES[c.TIMESTAMP]))
        coded = encode(clicks, names, articles, self.labels).with_columns(clicks[PLACE])
        yield from self.judging(coded)


@lru_cache(maxsize=2)
def _ids(file: Path) -> pl.Series:
    """Once for each process of Spark."""
    return pl.read_parquet(file, glob=False).to_series()


def refine_site_on_spark(job: RefineJob, *, simulate_login: bool = False) -> dict[str, Any]:
    """Write the refined tables and return the facts.

    Args:
        job: the run, and where Spark works.
        simulate_login: whether logins are simulated if no click says whether its user was logged in.

    Returns:
        as ``refine_site``.

    Raises:
        InputError: no click is left.
    """
    named = _name_users(job.session, job.raw / CLICKS, job.scratch, job.taken.erased)
    known, sound = catalog(job.raw), named.of_kind(KEPT)
    counts, articles = _users(sound), _articles(sound, known)
    names = counts[c.USER_ID]
    names.to_frame().write_parquet(job.scratch / NAMES)
    articles.to_frame().write_parquet(job.scratch / ARTICLES)
    codes = {name: label_codes(to_polars(sound.select(name).distinct())[name].fill_null(""))[1] for name in LABELS}
    groups = sound.repartition(parts_of(job.session, int(counts["len"].sum())), c.USER_ID)
    task = UserTask(job.scratch, codes, JudgeTask(job.params, CLICKS, measured=True))
    erased = named.scan(GONE).select(pl.col(c.USER_ID).n_unique()).collect().item()
    reads = judged_reads(groups, task, job.scratch, erased)
    refused = named.scan(REJECTED)
    reads.counts.input_rows += refused.select(pl.len()).collect().item()
    reads.refused.insert(0, refused)
    ahead = reads.reject_ahead(names, articles)
    ahead |= reads.reject_behind(names, articles)
    ids = write_articles(job.folder, first_clicks_of(reads), known, articles, job.run_id, job.taken.posts)
    types, login = login_types(counts, simulate_login=simulate_login)
    users = pl.DataFrame({c.USER_ID: names, c.USER_TYPE: types})
    merged = reads.add_log(job.taken, users, ids, job.params, engagement(job.params.engagement), codes)
    ahead = reads.reject_doubtful(merged, ahead, ids)
    written = write_reads(job.folder, reads, merged.users, len(ids), job.run_id)
    write_rejected(job.folder, reads.rejected_table(), job.run_id)
    write_labels(job.folder, merged.labels)
    sizes = {"users": merged.users.height, "articles": len(ids)}
    return {**sizes, **written, **reads.facts(), **merged.facts, **ahead, "login_flag": login}


def _name_users(session: Any, file: Path, scratch: Path, erased: ErasedUsers) -> StoredTable:
    """The clicks with the ids of their users."""
    from pyspark.sql import functions as sql

    rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
    clicks = run_tasks(session, -(-rows // SLICE), SliceTask(file, SLICE), RAW).drop(KIND)
    visit = sql.when(sql.col("session") != "", sql.col("session")).otherwise(sql.col(PLACE).cast("string"))
    visits = clicks.withColumn("visit", visit).repartition(parts_of(session, rows), "visit").drop("visit")
    named = store(session, map_parts(visits, NamingTask(erased), NAMED), scratch / "named", NAMED)
    if not named.scan(KEPT).select(pl.len()).collect().item():
        raise no_click(dict(named.scan(REJECTED).group_by(c.REASON).len().collect().rows()))
    return named


def _users(sound: Any) -> pl.DataFrame:
    """The counts of each user that ``login_types`` needs."""
    from pyspark.sql import functions as sql

    told = sql.col("logged")
    found = sound.groupBy(c.USER_ID).agg(
        sql.count(sql.lit(1)).alias("len"),
        sql.coalesce(sql.bool_or(told), sql.lit(False)).alias("logged"),
        sql.count(told).alias("told"),
    )
    return to_polars(found).sort(c.USER_ID)


def _articles(sound: Any, known: pl.DataFrame) -> pl.Series:
    """Ids of the catalog, then of articles that only clicks name, in the order of the first clicks."""
    from pyspark.sql import functions as sql

    first = to_polars(sound.groupBy(c.ARTICLE_ID).agg(sql.min(PLACE).alias(PLACE))).sort(PLACE)
    return pl.concat([known[c.ARTICLE_ID], first[c.ARTICLE_ID]]).unique(maintain_order=True)
