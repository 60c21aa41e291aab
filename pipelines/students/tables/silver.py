"""Step silver: checked records with types, one row per student and year; other rows in a table with their reason."""

from typing import Any

import polars as pl

from pipelines.erasures import erased_digests
from pipelines.students.erasure import without_erased
from pipelines.students.tables import silver_values as values
from pipelines.students.tables.bronze import TABLE
from pipelines.students.tables.silver_checks import check
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.students.params import SilverParams

REJECTED = "rejected.parquet"
REASONS = {  # in the order in which they are looked for
    "no_id": "the student's id is missing",
    "no_phase": "the phase is missing or cannot be read",
    "no_status": "neither the lag nor the ideal phase can be read",
    "repeated": "the student has an earlier row in the sheet, which is kept",
}
SCHEMA: dict[str, pl.DataType] = {
    "ra": pl.String(),
    "year": pl.Int32(),
    "birth_year": pl.Int32(),
    "phase": pl.Int8(),
    "ideal_phase": pl.Int8(),
    "lag": pl.Int8(),
    **{name: pl.Float64() for name in values.INDICES},
    "gender": pl.String(),
    "school": pl.String(),
    "group": pl.String(),
}


def silver(context: Context) -> dict[str, Any]:
    """Read bronze, write silver: ``records.parquet`` (``SCHEMA``, sorted by ra and year) and ``rejected.parquet``.

    Args:
        context: the run, its settings, params and options.

    Returns:
        rows, years (rows by year), rejected (rows by reason), erased (rows of erased students, which are left out),
        unreadable (cells by column that hold something and gave no value), lag_differs (rows whose lag is not phase
        minus ideal phase).

    Raises:
        InputError: more rows of a year were rejected than ``silver.max_rejected`` allows; names year and reasons.
    """
    params: SilverParams = context.params.silver
    read = pl.read_parquet(context.run.read("bronze") / TABLE, glob=False)
    typed = _parse_values(read, params)
    reasons = typed.with_columns(_reason().alias("reason"))
    usable = reasons.filter(pl.col("reason").is_null()).select(list(SCHEMA)).sort("ra", "year")
    kept = without_erased(usable, erased_digests(context.settings))
    rejected = reasons.filter(pl.col("reason").is_not_null()).select("year", "file", "sheet", "row", "ra", "reason")
    _refuse_many(rejected, reasons, params.max_rejected)
    check("silver", kept, context.run.run_id)
    differs = (pl.col("lag") != pl.col("phase") - pl.col("ideal_phase")).sum()
    with context.run.write("silver") as (folder, facts):
        kept.write_parquet(folder / TABLE)
        rejected.write_parquet(folder / REJECTED)
        facts |= {
            "rows": kept.height,
            "years": _by(kept, "year"),
            "rejected": _by(rejected, "reason"),
            "erased": usable.height - kept.height,
            "unreadable": _unreadable(read, typed),
            "lag_differs": int(kept.select(differs).item() or 0),
        }
    return dict(facts)


def _parse_values(read: pl.DataFrame, params: SilverParams) -> pl.DataFrame:
    """The cells as values; the lag is the sheet's, else phase minus ideal phase."""
    schools = read["school"].drop_nulls().unique().to_list()
    typed = read.select(
        "file",
        "sheet",
        "row",
        values.student(),
        "year",
        values.birth_year(pl.col("year")),
        values.phase("phase"),
        values.phase("ideal_phase"),
        values.number("lag").alias("lag"),
        *(values.index(name, params) for name in values.INDICES),
        values.gender(),
        values.school(schools),
        pl.col("group").str.strip_chars(),
    )
    whole = pl.when(pl.col("lag").is_between(-12, 12) & (pl.col("lag") == pl.col("lag").round())).then("lag")
    computed = pl.col("phase") - pl.col("ideal_phase")
    return typed.with_columns(pl.coalesce(whole.cast(pl.Int8, strict=False), computed).alias("lag"))


def _reason() -> pl.Expr:
    repeated = pl.int_range(pl.len()).over("ra", "year") > 0
    return (
        pl.when(pl.col("ra").is_null())
        .then(pl.lit("no_id"))
        .when(pl.col("phase").is_null())
        .then(pl.lit("no_phase"))
        .when(pl.col("lag").is_null())
        .then(pl.lit("no_status"))
        .when(repeated)
        .then(pl.lit("repeated"))
    )


def _refuse_many(rejected: pl.DataFrame, rows: pl.DataFrame, most: float) -> None:
    for year, count in _by(rejected, "year").items():
        total = rows.filter(pl.col("year") == int(year)).height
        if count > most * total:
            of_year = rejected.filter(pl.col("year") == int(year))
            why = "; ".join(f"{rows:,} rows: {REASONS[name]}" for name, rows in _by(of_year, "reason").items())
            raise InputError(
                f"{count:,} of {total:,} rows of {year} cannot be used: {why}.",
                fix="Correct the sheet, or raise silver.max_rejected when this is as it should be.",
            )


def _by(table: pl.DataFrame, column: str) -> dict[str, int]:
    counts = table.group_by(column).len().sort(column)
    return {str(name): int(count) for name, count in counts.iter_rows()}


def _unreadable(read: pl.DataFrame, typed: pl.DataFrame) -> dict[str, int]:
    names = ("phase", "ideal_phase", "lag", *values.INDICES, "gender", "school")
    lost = {name: int((read[name].is_not_null() & typed[name].is_null()).sum()) for name in names}
    return {name: count for name, count in lost.items() if count}
