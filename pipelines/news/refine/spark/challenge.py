"""Refines the challenge's files on Spark: tasks read pieces of them with the functions of the engine Polars."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.csv_files import FILE_COLUMN, HISTORIES, ITEMS, find_files, scan_piece
from pipelines.news.raw.csv_problems import explain_errors
from pipelines.news.raw.ids import ArticleNumbers
from pipelines.news.refine.challenge.histories import BATCH_USERS, HistoryReading, users_of
from pipelines.news.refine.challenge.validation import refine_validation
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.refine.rows.write import write_labels, write_rejected
from pipelines.news.refine.spark.articles import refine_articles_on_spark
from pipelines.news.refine.spark.columns import (
    COUNTS,
    KEPT,
    PLACE,
    READS,
    REJECTED,
    ROWS,
    TASK_BITS,
    USER_ROW,
    with_places,
)
from pipelines.news.refine.spark.job import RefineJob
from pipelines.news.refine.spark.reads import SparkReads
from pipelines.news.refine.spark.write import write_reads
from pipelines.news.tables import table_path
from pipelines.spark.pieces import PIECE_BYTES, Piece, cut
from pipelines.spark.tables import KIND, StoredTable, note, run_tasks, store, to_spark
from script_shared.events import ErasedUsers
from script_shared.news.params import RefineParams


@dataclass(frozen=True)
class HistoryTask:
    """Reads one piece of the histories.

    Attributes:
        pieces: of all files.
        catalog: parquet file with the ids of the articles in the order of their numbers.
        params: outlier rules and engagement weights.
        erased: users whose rows are skipped.
    """

    pieces: Sequence[Piece]
    catalog: Path
    params: RefineParams
    erased: ErasedUsers

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """Users, kept and rejected reads and counts of a piece; users are numbered from 0."""
        piece, tally = self.pieces[number], Tally()
        reading = HistoryReading(_articles(self.catalog), self.params, tally, self.erased)
        with explain_errors([piece.file]):
            rows = scan_piece(piece.file, piece.read(), c.HISTORY_COLUMNS).collect()
        begin = 0
        for batch in rows.iter_slices(BATCH_USERS):
            users = reading.add(batch)
            yield users.select(
                pl.lit(USER_ROW).alias(KIND),
                pl.col(c.RAW_USER).alias(c.USER_ID),
                pl.col(c.RAW_TYPE).alias(c.USER_TYPE),
                pl.col(FILE_COLUMN).alias(c.FILE),
            )
            kept = pl.concat(tally.kept)
            yield with_places(kept, number, begin).with_columns(
                pl.lit(KEPT).alias(KIND), pl.col(c.TIMESTAMP).to_physical()
            )
            refused = tally.rejected_table()
            yield refused.with_columns(pl.lit(REJECTED).alias(KIND), pl.col(c.TIMESTAMP).to_physical())
            begin += kept.height
            tally.kept.clear()
            tally.rejected.clear()
        yield note(COUNTS, _counts(number, reading))


def _counts(number: int, reading: HistoryReading) -> dict[str, Any]:
    return {
        "task": number,
        "users": reading.seen,
        "input_rows": reading.tally.input_rows,
        "clipped": dict(reading.tally.clipped),
        "erased": reading.tally.erased,
        "names": sorted(reading.names),
        "doubtful": sorted(reading.doubtful),
    }


@lru_cache(maxsize=1)
def _articles(catalog: Path) -> ArticleNumbers:
    """Once for each process of Spark."""
    return ArticleNumbers(pl.read_parquet(catalog, columns=[c.ARTICLE_ID], glob=False)[c.ARTICLE_ID])


def refine_challenge_on_spark(job: RefineJob) -> dict[str, Any]:
    """Write the refined tables of the challenge's layout and return the facts.

    The validation file is read by this process; items and histories by the tasks.

    Args:
        job: the run, and where Spark works.

    Returns:
        as ``refine_challenge``.

    Raises:
        InputError: the files are malformed; names file, user or line.
    """
    files = find_files(job.raw, HISTORIES, c.HISTORY_COLUMNS)
    item_files, of_items = find_files(job.raw, ITEMS, c.ITEM_COLUMNS), Tally()
    of_files = cut(item_files, PIECE_BYTES)
    article_ids = refine_articles_on_spark(
        job.session, job.scratch, of_files, job.folder, job.run_id, job.taken.posts, of_items
    )
    task = HistoryTask(cut(files, PIECE_BYTES), table_path(job.folder, "articles"), job.params, job.taken.erased)
    stored = store(job.session, run_tasks(job.session, len(task.pieces), task, ROWS), job.scratch / "histories", ROWS)
    users, reads = _users(stored, files), _reads(stored, job.scratch, of_items)
    ahead = reads.reject_ahead(users[c.USER_ID], article_ids)
    ahead |= reads.reject_behind(users[c.USER_ID], article_ids)
    merged = reads.add_log(job.taken, users, article_ids, job.params, engagement(job.params.engagement))
    ahead = reads.reject_doubtful(merged, ahead, article_ids)
    users = merged.users
    end = reads.last_moment() if job.taken.clicks.height else None
    held_out = refine_validation(
        job.raw,
        job.folder,
        pl.Enum(users[c.USER_ID]),
        ArticleNumbers(article_ids),
        job.run_id,
        erased=job.taken.erased,
        after=end,
    )
    facts: dict[str, Any] = {"users": users.height, "articles": len(article_ids)}
    facts |= write_reads(job.folder, reads, users, len(article_ids), job.run_id)
    write_labels(job.folder, merged.labels)
    facts |= reads.facts() | merged.facts | ahead
    if held_out:
        reads.refused += [part.lazy() for part in held_out.rejected]
        facts["validation"] = held_out.facts() | {"rows": held_out.kept[0].height}
    write_rejected(job.folder, reads.rejected_table(), job.run_id)
    return facts


def _users(stored: StoredTable, files: Sequence[Path]) -> pl.DataFrame:
    notes = stored.notes(COUNTS)
    rows = stored.scan(USER_ROW).select(
        pl.col(c.USER_ID).alias(c.RAW_USER), pl.col(c.USER_TYPE).alias(c.RAW_TYPE), pl.col(c.FILE).alias(FILE_COLUMN)
    )
    names = {name for counts in notes for name in counts["names"]}
    doubtful = {name for counts in notes for name in counts["doubtful"]}
    with explain_errors(files):
        return users_of([rows.collect()], names, doubtful, files)


def _reads(stored: StoredTable, scratch: Path, of_items: Tally) -> SparkReads:
    """The kept reads with the final numbers of their users: each piece begins where the one before ends."""
    from pyspark.sql import functions as sql

    notes = sorted(stored.notes(COUNTS), key=lambda counts: int(counts["task"]))
    before = pl.Series([0, *(counts["users"] for counts in notes)]).cum_sum()[:-1]
    offsets = pl.DataFrame({"task": [counts["task"] for counts in notes], "before": before})
    table = to_spark(stored.session, offsets, {"task": pl.Int64(), "before": pl.Int64()})
    kept = stored.of_kind(KEPT).withColumn("task", sql.shiftright(PLACE, TASK_BITS))
    joined = kept.join(sql.broadcast(table), on="task")
    names = [name for name in READS if name != c.USER]
    reads = joined.select((sql.col(c.USER) + sql.col("before")).alias(c.USER), *names)
    counts = Tally(clipped=sum((Counter(counts["clipped"]) for counts in notes), Counter()))
    counts.clipped.update({name: 0 for of in notes for name in of["clipped"]})
    counts.input_rows = of_items.input_rows + sum(of["input_rows"] for of in notes)
    counts.erased = sum(of["erased"] for of in notes)
    refused = [*(part.lazy() for part in of_items.rejected), stored.scan(REJECTED)]
    return SparkReads(stored.session, scratch, reads, refused, counts)
