"""Refines validacao.csv, the reads after the histories that a model should predict."""

from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.csv_files import (
    FILE_COLUMN,
    LAST_EMPTY,
    VALIDATION,
    check_no_row_short,
    find_files,
    rows_of_user,
    scan,
)
from pipelines.news.raw.csv_problems import explain_errors
from pipelines.news.raw.ids import REASON as BAD_ID
from pipelines.news.raw.ids import ArticleNumbers, is_bad_article, with_article_numbers
from pipelines.news.raw.string_lists import elements, lengths, plain
from pipelines.news.raw.texts import bad_id, clean_id
from pipelines.news.raw.times import moment
from pipelines.news.refine.rows.ahead import AHEAD
from pipelines.news.refine.rows.rules import rejected_rows
from pipelines.news.refine.rows.tally import Tally, without_erased
from pipelines.news.tables import TIME, check, table_path
from script_shared.clock import wall_ms
from script_shared.data_end import data_end
from script_shared.errors import InputError
from script_shared.events import ErasedUsers

NOBODY = ErasedUsers()


def refine_validation(
    raw: Path,
    folder: Path,
    users: pl.Enum,
    articles: ArticleNumbers,
    run_id: str,
    *,
    erased: ErasedUsers = NOBODY,
    after: int | None = None,
) -> Tally | None:
    """Write the table `validation` where the raw data has the file.

    Reads of unknown users or articles, exact repeats and reads that lie ahead are rejected; the caller keeps them with
    the others.

    Args:
        raw: folder of the run's raw data.
        folder: of the refined run.
        users: ids of all users, in the order of their numbers.
        articles: finds the numbers of the known ids.
        run_id: for messages.
        erased: users whose rows are skipped.
        after: epoch milliseconds to which the event log moved the end of the data; reads up to then are rejected.
            If no later read is left, there is no table, and the last window of the data is held out instead.

    Raises:
        InputError: names the file and the row.
    """
    if not (raw / VALIDATION).is_file():
        return None
    files = find_files(raw, VALIDATION, c.VALIDATION_COLUMNS)
    with explain_errors(files):
        table = scan(files, c.VALIDATION_COLUMNS).with_columns(clean_id(c.RAW_USER).fill_null("")).collect()
        check_no_row_short(table.filter(LAST_EMPTY)[FILE_COLUMN])
    tally = Tally()
    table = without_erased(table, c.RAW_USER, erased, tally)
    rows = _explode(
        table.with_columns(plain(table[name], table[c.RAW_TIMES]) for name in (c.RAW_HISTORY, c.RAW_TIMES)),
        users,
        articles,
    )
    rows = rows.with_columns(_ahead(rows)).with_columns(_reason(after).alias(c.REASON))
    kept = rows.filter(pl.col(c.REASON).is_null()).select(c.USER, c.ARTICLE, c.TIMESTAMP).sort(c.TIMESTAMP)
    tally.add(rows.height, kept, rejected_rows(rows, VALIDATION))
    if after is not None and not kept.height:
        return tally
    check("validation", kept, run_id, sizes={c.USER: len(users.categories), c.ARTICLE: len(articles.ids)})
    kept.write_parquet(table_path(folder, "validation"))
    return tally


def _explode(table: pl.DataFrame, users: pl.Enum, articles: ArticleNumbers) -> pl.DataFrame:
    found, times = lengths(table[c.RAW_HISTORY]), lengths(table[c.RAW_TIMES])
    if (found != times).any():
        place = (found != times).arg_max() or 0
        _stop(table, table[c.RAW_USER][place], f"history has {found[place]} elements, timestampHistory {times[place]}")
    rows = (
        table.with_columns(found.alias("found"))
        .filter(pl.col("found") > 0)
        .select(
            pl.col(c.RAW_USER).repeat_by("found").explode().alias(c.USER_ID),
            elements(c.RAW_HISTORY).alias(c.ARTICLE_ID),
            moment(elements(c.RAW_TIMES)).alias("ms"),
        )
    )
    odd = rows.filter(pl.col("ms").is_null())
    if odd.height:
        _stop(table, odd[c.USER_ID][0], "timestampHistory has a value that is not a time between 2000 and 2100")
    return with_article_numbers(rows, articles).with_columns(
        pl.col(c.USER_ID).cast(users, strict=False).to_physical().cast(pl.UInt32).alias(c.USER),
        pl.col("ms").cast(TIME).alias(c.TIMESTAMP),
        pl.lit(None, pl.Float64).alias(c.VALUE),
    )


def _ahead(rows: pl.DataFrame) -> pl.Series:
    """Which reads lie ahead of the others or of this machine's clock."""
    users = rows[c.USER].fill_null(2**32 - 1).to_numpy()
    return pl.Series(AHEAD, data_end(rows["ms"].to_numpy(), users, wall_ms=wall_ms()).ahead)


def _reason(after: int | None) -> pl.Expr:
    repeat = ~pl.struct(c.USER_ID, c.ARTICLE_ID, c.TIMESTAMP).is_first_distinct()
    reason = pl.when(bad_id(pl.col(c.USER_ID)) | is_bad_article()).then(pl.lit(BAD_ID))
    return (
        reason.when(pl.col(c.USER).is_null())
        .then(pl.lit("user_unknown"))
        .when(pl.col(c.ARTICLE).is_null())
        .then(pl.lit("article_unknown"))
        .when(pl.lit(False) if after is None else pl.col("ms") <= after)
        .then(pl.lit("before_data_end"))
        .when(pl.col(AHEAD))
        .then(pl.lit(AHEAD))
        .when(repeat)
        .then(pl.lit("duplicate_read"))
    )


def _stop(table: pl.DataFrame, user: str, problem: str) -> None:
    where = rows_of_user(table[FILE_COLUMN][0], c.VALIDATION_COLUMNS, user)
    raise InputError(f"{where}: {problem}.", fix="Correct the row, or leave the file out.")
