"""Step gold: one row per student and year, what is known in that year beside the status of the next one."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.students.tables.bronze import TABLE
from pipelines.students.tables.silver_checks import check
from pipelines.use_case import Context
from script_shared.arrays import FloatArray, Int8s
from script_shared.errors import InputError
from script_shared.students.features import RECORD, STATUSES, status_of

TARGET = ("next_lag", "next_status")  # of the year after; null where there is none, or the student left


def gold(context: Context) -> dict[str, Any]:
    """Read silver, write gold: the records with the lag and the status of the year after.

    Args:
        context: the run, its settings, params and options.

    Returns:
        rows, pairs (by "year to year": students, those who left, status counts), latest_year.

    Raises:
        InputError: fewer than three years in a row, so that no pair trains while another one tests.
    """
    records = pl.read_parquet(context.run.read("silver") / TABLE, glob=False)
    table = with_target(records)
    check("gold", table, context.run.run_id)
    pairs = pair_years(table)
    if len(pairs) < 2:
        years = ", ".join(str(year) for year in sorted(records["year"].unique()))
        raise InputError(
            f"the sheets are of {years}: a pair of years is needed to train, and a later one to test.",
            fix="Bring the sheets of three years in a row.",
        )
    with context.run.write("gold") as (folder, facts):
        table.write_parquet(folder / TABLE)
        facts |= {
            "rows": table.height,
            "latest_year": int(table["year"].max()),  # type: ignore[arg-type]
            "pairs": {f"{year} to {year + 1}": _pair(table, year) for year in pairs},
        }
    return dict(facts)


def with_target(records: pl.DataFrame) -> pl.DataFrame:
    """The records with next_lag and next_status of the same student a year later; no other column of later years."""
    later = records.select("ra", pl.col("year") - 1, next_lag="lag")
    joined = records.join(later, on=["ra", "year"], how="left", maintain_order="left")
    status = pl.when(pl.col("next_lag") <= -2).then(2).when(pl.col("next_lag") <= -1).then(1).otherwise(0)
    known = pl.col("next_lag").is_not_null()
    return joined.with_columns(pl.when(known).then(status).cast(pl.Int8).alias("next_status"))


def pair_years(table: pl.DataFrame) -> list[int]:
    """The years for which some students' next status is known, ascending.

    Args:
        table: of gold.
    """
    known = table.filter(pl.col("next_status").is_not_null())
    return sorted(int(year) for year in known["year"].unique())


def read_gold(folder: Path) -> pl.DataFrame:
    """The table of a gold folder.

    Args:
        folder: of the step gold.

    Returns:
        one row per student and year, with ``next_lag`` and ``next_status``, null where the next year is not known.
    """
    return pl.read_parquet(folder / TABLE, glob=False)


def columns_in(table: pl.DataFrame) -> dict[str, FloatArray]:
    """The columns that features are made of, float64 with nan where a value is missing; none of the target's.

    Args:
        table: of gold, n rows.

    Returns:
        float64 (n) by name, for each name of ``RECORD``.
    """
    return {name: table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in RECORD}


def status_now(table: pl.DataFrame) -> Int8s:
    """int8: each row's status in its own year, as a place in STATUSES.

    Args:
        table: of gold, n rows.
    """
    return status_of(table["lag"].to_numpy().astype(np.float64))


def _pair(table: pl.DataFrame, year: int) -> dict[str, Any]:
    rows = table.filter(pl.col("year") == year)
    known = rows.filter(pl.col("next_status").is_not_null())
    counts = np.bincount(known["next_status"].to_numpy(), minlength=len(STATUSES)).tolist()
    return {"students": known.height, "left": rows.height - known.height, **dict(zip(STATUSES, counts, strict=True))}
