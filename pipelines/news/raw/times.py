"""Columns of times in any spelling become epoch milliseconds, by the same rule as ``script_shared.times``."""

import polars as pl

from script_shared.times import (
    EARLIEST_MS,
    LATEST_MS,
    MICROSECONDS_BELOW,
    MILLISECONDS_BELOW,
    SECONDS_BELOW,
    epoch_ms,
)

_MILLISECONDS = r"^[0-9]{12,14}\.[0-9]*$"  # as pandas writes a column of whole numbers that has gaps
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-][01][0-9]:[0-5][0-9])?$"
_MOST_DIGITS = 19  # as ``epoch_ms`` reads; more are zeros in front
_PLAIN_DIGITS = 13  # of milliseconds between 2001 and 2100
_ZONE = r"[+-]\d\d:\d\d$"


def to_milliseconds(numbers: pl.Expr) -> pl.Expr:
    """Whole numbers in seconds, milliseconds, microseconds or nanoseconds as milliseconds, whatever their year.

    Args:
        numbers: whole numbers; the unit of each follows from its size, see ``script_shared.times``.
    """
    number = numbers.cast(pl.Int64)
    size = number.abs()
    return (
        pl.when(size < SECONDS_BELOW)
        .then(number * 1000)
        .when(size < MILLISECONDS_BELOW)
        .then(number)
        .when(size < MICROSECONDS_BELOW)
        .then(number // 1000)
        .otherwise(number // 1_000_000)
    )


def moments(texts: pl.Series) -> pl.Series:
    """Int64 epoch milliseconds of times written as text; null for what is no time between 2000 and 2100.

    Common spellings are read a column at a time; what is left goes through ``epoch_ms`` text by text.

    Args:
        texts: String (n); null stays null.

    Returns:
        Int64 (n), UTC.

    >>> moments(pl.Series(["1660532387", "2022-08-15 02:59:47+00:00", "soon", "1970-01-01"])).to_list()
    [1660532387000, 1660532387000, None, None]
    """
    if (plain := _plain_milliseconds(texts)) is not None:
        return plain
    frame = pl.DataFrame({"text": texts.str.strip_chars()}).with_columns(_of_number().alias("ms"))
    for fast in (_of_fraction, _of_date):
        if (frame["ms"].is_null() & frame["text"].is_not_null()).any():
            frame = frame.with_columns(pl.coalesce("ms", fast()))
    rare = frame.filter(pl.col("ms").is_null())["text"].drop_nulls().unique()
    found = pl.Series([_one(text) for text in rare], dtype=pl.Int64)
    if found.is_not_null().any():
        frame = frame.with_columns(pl.coalesce("ms", pl.col("text").replace_strict(rare, found, default=None)))
    return frame.select(within_bounds(pl.col("ms")).alias(texts.name))[texts.name]


def moment(column: str | pl.Expr) -> pl.Expr:
    """The same of a column of texts.

    Args:
        column: a column of texts, or its name.
    """
    texts = pl.col(column) if isinstance(column, str) else column
    return texts.map_batches(moments, return_dtype=pl.Int64(), is_elementwise=True)


def within_bounds(time_ms: pl.Expr) -> pl.Expr:
    """The times that lie between 2000 and 2100; null for others.

    Args:
        time_ms: Int64, epoch milliseconds, UTC.
    """
    return pl.when(time_ms.is_between(EARLIEST_MS, LATEST_MS)).then(time_ms)


def _plain_milliseconds(texts: pl.Series) -> pl.Series | None:
    """The times where all are written as 13 digits, else None."""
    if not (texts.str.len_bytes() == _PLAIN_DIGITS).all(ignore_nulls=False):
        return None
    numbers = texts.cast(pl.Int64, strict=False)
    whole = numbers.is_between(
        10 ** (_PLAIN_DIGITS - 1), LATEST_MS
    )  # neither a sign nor a blank is among 13 characters
    return numbers if whole.all(ignore_nulls=False) else None


def _of_number() -> pl.Expr:
    text = pl.col("text")
    digits = pl.when(~text.str.starts_with("+") & (text.str.len_bytes() <= _MOST_DIGITS)).then(text)
    return to_milliseconds(digits.cast(pl.Int64, strict=False))


def _of_fraction() -> pl.Expr:
    number = pl.when(pl.col("text").str.contains(_MILLISECONDS)).then(pl.col("text")).cast(pl.Float64, strict=False)
    return pl.when(number < MILLISECONDS_BELOW).then(number.floor().cast(pl.Int64))


def _of_date() -> pl.Expr:
    text = pl.when(pl.col("text").str.contains(_ISO)).then(pl.col("text").str.replace("T", " ", literal=True))
    zoned = pl.when(text.str.contains(_ZONE)).then(text).otherwise(text.str.strip_suffix("Z") + "+00:00")
    return zoned.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", time_unit="ms", strict=False).dt.epoch("ms")


def _one(text: str) -> int | None:
    try:
        return epoch_ms(text)
    except ValueError:
        return None
