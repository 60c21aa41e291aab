"""Checks of raw histories; the first invalid one stops the run with its file and row."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.csv_files import FILE_COLUMN, rows_of_user
from pipelines.news.raw.string_lists import lengths
from script_shared.errors import InputError


def check_histories(batch: pl.DataFrame, lists: Sequence[str]) -> None:
    """Users have an id, a known type, and lists that are all as long as historySize.

    Raises:
        InputError: names file, row, column and both lengths.
    """
    _refuse(batch, batch[c.RAW_USER] == "", "a row has no userId", "Every row needs one.")
    known = batch[c.RAW_TYPE].is_in([c.LOGGED, c.NOT_LOGGED])
    _refuse(batch, ~known, "userType is not valid", f"It must be {c.LOGGED} or {c.NOT_LOGGED}.")
    size = batch[c.RAW_SIZE].cast(pl.Int64, strict=False)
    _refuse(batch, size.is_null() | (size < 0), "historySize is not a whole number", "Count the reads.")
    for name in lists:
        found = lengths(batch[name])
        _refuse(
            batch.with_columns(found.alias("found")),
            found != size,
            f"{name} has {{found}} elements, historySize is {{historySize}}",
            "All lists of a user must be as long as historySize, their elements separated by a comma and a space.",
        )


def check_reads(rows: pl.DataFrame, batch: pl.DataFrame, offset: int) -> None:
    """Timestamps are times, null where they were none, and quantities numbers.

    Args:
        rows: one row per read, from ``batch``; ``timestamp`` in milliseconds.
        batch: one row per user.
        offset: number of the first user of the batch.

    Raises:
        InputError: names file, row and column.
    """
    times = rows[c.TIMESTAMP]
    for name, column in c.RAW_QUANTITIES.items():
        _refuse_read(rows, batch, offset, rows[name].is_null(), column, "holds a value that is no number")
    _refuse_read(
        rows, batch, offset, times.is_null(), c.RAW_TIMES, "has a value that is not a time between 2000 and 2100"
    )


def check_no_file_empty(read_files: Iterable[str], files: Sequence[Path]) -> None:
    """Every file gave at least one row."""
    seen = {Path(name).name for name in read_files}
    for file in files:
        if file.name not in seen:
            raise InputError(f"{file.name}: there is a header and no row.", fix="Download it again.")


def check_users_unique(users: pl.DataFrame) -> None:
    """No user has two rows."""
    twice = users.filter(pl.col(c.RAW_USER).is_duplicated())
    if twice.height:
        user = twice[c.RAW_USER][0]
        files = twice.filter(pl.col(c.RAW_USER) == user)[FILE_COLUMN].unique(maintain_order=True)
        where = " and ".join(rows_of_user(file, c.HISTORY_COLUMNS, user) for file in files)
        raise InputError(f"{where}: one user has more than one row ({twice.height:,} such rows).", fix="Join them.")


def _refuse(batch: pl.DataFrame, wrong: pl.Series, message: str, fix: str) -> None:
    if wrong.any():
        row = batch.row(wrong.arg_max() or 0, named=True)
        found = message.format_map(row)
        raise InputError(f"{_where(row)}: {found} ({wrong.sum():,} such rows seen).", fix=fix)


def _refuse_read(
    rows: pl.DataFrame, batch: pl.DataFrame, offset: int, wrong: pl.Series, column: str, what: str
) -> None:
    if wrong.any():
        row = batch.row(int(rows[c.USER][wrong.arg_max() or 0]) - offset, named=True)
        raise InputError(
            f"{_where(row)}: {column} {what} ({wrong.sum():,} such reads seen).",
            fix="Times are numbers since 1970 or ISO 8601; quantities are written with a point, such as 43.2.",
        )


def _where(row: dict[str, Any]) -> str:
    return rows_of_user(row[FILE_COLUMN], c.HISTORY_COLUMNS, row[c.RAW_USER])
