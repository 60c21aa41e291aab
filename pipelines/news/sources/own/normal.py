"""Own files become two tables with the same columns whatever theirs are called: clicks and articles."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from pipelines.news.raw.texts import bad_id, clean_id, clean_text, clean_title
from pipelines.news.raw.times import moments
from pipelines.news.sources.own.reading import open_table
from script_shared.news.params import FilesParams

LOGGED_IN = (
    "1",
    "true",
    "yes",
    "y",
    "t",
    "sim",
    "s",
    "logged",
    "logged-in",
    "logged in",
    "logado",
    "assinante",
    "subscriber",
)
DAY_FIRST = r"^(\d{1,2})/(\d{1,2})/(\d{4})"
OFFSET = r"([zZ]|[+-]\d\d:?\d\d)$"
LOCAL = r"^\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?)?$"
POINTS_GROUP = r"^[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})$"  # 1.234,5 and 1.234.567
COMMAS_GROUP = r"^[+-]?\d{1,3}((,\d{2,3})+\.\d+|(,\d{3}){2,})$"  # 1,234.5 and 1,234,567
WHOLE_FLOAT = r"^-?\d+\.0$"
CLICK_TYPES = {
    "user": pl.String(),
    "article": pl.String(),
    "time_ms": pl.Int64(),
    "session": pl.String(),
    "logged": pl.Boolean(),
    "region": pl.String(),
    "device": pl.String(),
    "seconds": pl.Float32(),
    "scroll": pl.Float32(),
    "bad_id": pl.Boolean(),
}


def clicks_of(file: Path, mapping: Mapping[str, str], params: FilesParams) -> pl.DataFrame:
    """The clicks of a file, (rows,) with the columns ``CLICK_TYPES``; null where a cell is empty or cannot be read.

    ``bad_id`` marks rows whose user, session or article is no id.

    Args:
        file: a table of any kind of ``KINDS``.
        mapping: columns of the file by field, such as ``user``.
        params: ``[files]`` of the params file; times without an offset are in its ``time_zone``.

    Returns:
        ``time_ms`` is epoch milliseconds, UTC.

    Raises:
        InputError: the file is damaged, or lacks a column of the mapping.
    """
    with open_table(file) as table:
        cells = table.select(pl.col(column).alias(name) for name, column in mapping.items()).collect()
    cells = whole_ids(cells, [name for name in ("user", "article", "session") if name in mapping])
    ids = {name: clean_id(name) for name in ("user", "article", "session") if name in mapping}
    labels = {name: clean_text(name) for name in ("region", "device") if name in mapping}
    made = cells.with_columns(**ids, **{name: pl.when(text != "").then(text) for name, text in labels.items()})
    made = made.with_columns(bad_id=pl.any_horizontal(bad_id(pl.col(name)) for name in ids))
    made = made.with_columns(times(cells["time"], params.time_zone).alias("time_ms"))
    if "login" in mapping:
        values = [value.lower() for value in params.logged_values] or list(LOGGED_IN)
        made = made.with_columns(logged=pl.col("login").str.strip_chars().str.to_lowercase().is_in(values))
    for name, divisor in (("seconds", _seconds(params)), ("scroll", _percent(params))):
        if name in mapping:
            made = made.with_columns((number(name) * divisor).cast(pl.Float32).alias(name))
    absent = [pl.lit(None, kind).alias(name) for name, kind in CLICK_TYPES.items() if name not in made.columns]
    return made.with_columns(absent).select(list(CLICK_TYPES))


def articles_of(file: Path, mapping: Mapping[str, str], params: FilesParams) -> pl.DataFrame:
    """The articles of a file: article, url, title, summary, text, issued_ms, section, region, bad_id.

    Args:
        file: a table of any kind of ``KINDS``.
        mapping: columns of the file by field, such as ``title``.
        params: ``[files]`` of the params file; times without an offset are in its ``time_zone``.

    Returns:
        (rows); texts are "" where the file has none, ``issued_ms`` is epoch milliseconds, UTC, or null.
    """
    with open_table(file) as table:
        cells = table.select(pl.col(column).alias(name) for name, column in mapping.items()).collect()
    cells = whole_ids(cells, ["article"])
    made = cells.with_columns(clean_id("article")).with_columns(bad_id=bad_id(pl.col("article")))
    made = made.with_columns(
        *(_or_empty(made, name, clean_title) for name in ("title",)),
        *(_or_empty(made, name, clean_text) for name in ("url", "summary", "text", "section", "region")),
    )
    issued = times(cells["issued"], params.time_zone) if "issued" in mapping else pl.lit(None, pl.Int64)
    made = made.with_columns(issued.alias("issued_ms"))
    return made.select("article", "url", "title", "summary", "text", "issued_ms", "section", "region", "bad_id")


def _or_empty(table: pl.DataFrame, name: str, clean: Callable[[str], pl.Expr]) -> pl.Expr:
    return clean(name).alias(name) if name in table.columns else pl.lit("").alias(name)


def times(cells: pl.Series, time_zone: str) -> pl.Series:
    """Int64 epoch milliseconds, null for what is no time; those without an offset are in the time zone.

    A time that the clocks skip in spring is null, one that they repeat in autumn is the earlier.
    """
    texts = cells.str.strip_chars().str.replace(DAY_FIRST, "$3-$2-$1")
    read = moments(texts)
    if time_zone == "UTC":
        return read
    local = texts.str.contains(LOCAL) & ~texts.str.contains(OFFSET)
    shifted = pl.DataFrame({"ms": read}).select(
        pl.col("ms")
        .cast(pl.Datetime("ms"))
        .dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        .dt.epoch("ms")
    )["ms"]
    return shifted.zip_with(local.fill_null(False), read)


def number(column: str) -> pl.Expr:
    """A number with a decimal point or comma, null for others; with both, the last one is the decimal.

    A separator alone is the decimal one: ``1.234`` and ``1,234`` are a little more than one.
    """
    text = pl.col(column).str.strip_chars().str.strip_chars_end("%s ")
    text = (
        pl.when(text.str.contains(POINTS_GROUP))
        .then(text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(text.str.contains(COMMAS_GROUP))
        .then(text.str.replace_all(",", "", literal=True))
        .otherwise(text.str.replace(",", ".", literal=True))
    )
    return text.cast(pl.Float64, strict=False)


def whole_ids(cells: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Ids without ``.0``, in columns where every id has it: pandas writes whole numbers so when one is missing."""
    filled = {name: cells[name].str.strip_chars().replace("", None).drop_nulls() for name in names}
    floats = [name for name, ids in filled.items() if len(ids) and ids.str.contains(WHOLE_FLOAT).all()]
    return cells.with_columns(pl.col(floats).str.strip_chars().str.strip_suffix(".0"))


def _seconds(params: FilesParams) -> float:
    return 0.001 if params.seconds_unit == "milliseconds" else 1.0


def _percent(params: FilesParams) -> float:
    return 100.0 if params.scroll_unit == "share" else 1.0
