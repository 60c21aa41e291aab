"""Writes the refined tables, each checked first."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.tables import INTERACTION_TYPES, LABELS, TIME, check, table_path


def sorted_interactions(tally: Tally) -> pl.DataFrame:
    """All kept rows by time, rows of the same time in the order they came; the tally's own copy is given up.

    Args:
        tally: loses its kept rows, to save memory.

    Returns:
        all columns of the parts; null where a part lacks one.
    """
    alike = len({tuple(part.columns) for part in tally.kept}) == 1
    rows = pl.concat(tally.kept, rechunk=False, how="vertical" if alike else "diagonal")
    tally.kept.clear()
    return rows.sort(c.TIMESTAMP, maintain_order=True)


def write_interactions(folder: Path, rows: pl.DataFrame | pl.LazyFrame, run_id: str, sizes: dict[str, int]) -> None:
    """Add the columns a source does not have as nulls, check, write.

    Args:
        folder: of the refined run.
        rows: sorted by time; a lazy table is never held as a whole.
        run_id: for messages.
        sizes: numbers of users and of articles; the numbers in the rows must be smaller.
    """
    names = rows.lazy().collect_schema().names()
    absent = [pl.lit(None, kind).alias(name) for name, kind in INTERACTION_TYPES.items() if name not in names]
    table = rows.with_columns(absent).select(list(INTERACTION_TYPES))
    check("interactions", table, run_id, sizes=sizes)
    path = table_path(folder, "interactions")
    if isinstance(table, pl.DataFrame):
        table.write_parquet(path, compression="lz4", row_group_size=500_000)
    else:
        table.sink_parquet(path, compression="lz4", row_group_size=500_000, maintain_order=True)


def write_users(folder: Path, ids: pl.Series, types: pl.Series, reads: pl.Series, run_id: str) -> None:
    """Write the table of users; a user's number is its row.

    Args:
        folder: of the refined run.
        ids: String (n), in the order of the users' numbers.
        types: of each user: logged in or not.
        reads: kept interactions of each user.
        run_id: for messages.
    """
    users = pl.DataFrame({c.USER_ID: ids, c.USER_TYPE: types, c.READS: reads})
    table = users.with_row_index(c.USER)
    check("users", table, run_id)
    table.write_parquet(table_path(folder, "users"))


def write_rejected(folder: Path, table: pl.DataFrame | pl.LazyFrame, run_id: str) -> None:
    """Write every row that was not kept, with its reason.

    Args:
        folder: of the refined run.
        table: the rejected rows; a lazy table is never held as a whole.
        run_id: for messages.
    """
    check("rejected", table, run_id)
    path = table_path(folder, "rejected")
    if isinstance(table, pl.DataFrame):
        table.write_parquet(path)
    else:
        table.sink_parquet(path, maintain_order=True)


def write_labels(folder: Path, labels: dict[str, dict[str, int]]) -> None:
    """Write ``labels.json`` where regions or devices came as texts: {column: {text: its number in interactions}}.

    Args:
        folder: of the refined run.
        labels: codes by column and text, as ``label_codes`` gives them.
    """
    if any(labels.values()):
        (folder / LABELS).write_text(json.dumps(labels, ensure_ascii=False, indent=1), encoding="utf-8")


def last_moment(tally: Tally) -> int | None:
    """Time of the last kept row, epoch milliseconds; None when there is none.

    Args:
        tally: whose kept rows are looked at.
    """
    ends = [end for part in tally.kept if isinstance(end := part[c.TIMESTAMP].cast(pl.Int64).max(), int)]
    return max(ends, default=None)


def count_reads(rows: pl.DataFrame, users: int) -> pl.Series:
    """Kept interactions of each user, (users,).

    Args:
        rows: interactions.
        users: number of users.

    Returns:
        UInt32 (users); 0 for users without a read.
    """
    return fill_reads(rows.group_by(c.USER).len().rename({"len": c.READS}), users)


def fill_reads(counts: pl.DataFrame, users: int) -> pl.Series:
    """As ``count_reads``, from the counts of the users who have a read.

    Args:
        counts: user (UInt32) and reads.
        users: number of users.

    Returns:
        UInt32 (users); 0 for users without a read.
    """
    every = pl.DataFrame({c.USER: pl.int_range(users, dtype=pl.UInt32, eager=True)})
    joined = every.join(counts, on=c.USER, how="left", maintain_order="left")
    return joined[c.READS].fill_null(0).cast(pl.UInt32)


def window(rows: pl.DataFrame) -> dict[str, Any]:
    """First and last moment of the interactions, for the facts.

    Args:
        rows: interactions, in any order.

    Returns:
        ``first`` and ``last``: text in UTC, None without rows.
    """
    times = rows[c.TIMESTAMP].cast(TIME)
    first, last = times.min(), times.max()
    return {"first": str(first), "last": str(last)} if rows.height else {"first": None, "last": None}
