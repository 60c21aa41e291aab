"""What must hold in each row of the tables, checked with Pandera before they are written."""

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from script_shared.errors import InputError

if TYPE_CHECKING:
    import pandera.polars as pa

FIX = "Correct the sheet, or the rules in pipelines/students/tables/silver_values.py, then run the step again."


@cache
def schemas() -> "dict[str, pa.DataFrameSchema]":
    """Pandera's schema of each table, by name."""
    import pandera.polars as pa

    from pipelines.students.tables.silver_values import INDICES, LAST_PHASE

    index = pa.Check.in_range(0, 10)
    phase = pa.Check.in_range(0, LAST_PHASE)
    record = {
        "ra": pa.Column(pl.String, pa.Check.str_length(1, 64)),
        "year": pa.Column(pl.Int32, pa.Check.in_range(2000, 2099)),
        "birth_year": pa.Column(pl.Int32, pa.Check.in_range(1960, 2096), nullable=True),
        "phase": pa.Column(pl.Int8, phase),
        "ideal_phase": pa.Column(pl.Int8, phase, nullable=True),
        "lag": pa.Column(pl.Int8, pa.Check.in_range(-12, 12)),
        **{name: pa.Column(pl.Float64, index, nullable=True) for name in INDICES},
        "gender": pa.Column(pl.String, pa.Check.isin(["girl", "boy"]), nullable=True),
        "school": pa.Column(pl.String, nullable=True),
        "group": pa.Column(pl.String, nullable=True),
    }
    target = {
        "next_lag": pa.Column(pl.Int8, pa.Check.in_range(-12, 12), nullable=True),
        "next_status": pa.Column(pl.Int8, pa.Check.in_range(0, 2), nullable=True),
    }
    return {
        "silver": pa.DataFrameSchema(record, strict=True, unique=["ra", "year"]),
        "gold": pa.DataFrameSchema(record | target, strict=True, unique=["ra", "year"]),
    }


def check(table: str, frame: pl.DataFrame, run_id: str) -> None:
    """Check all of a table.

    Raises:
        InputError: names table, run, column, rule and the count of failing rows; no values, which are of people.
    """
    from pandera.errors import SchemaErrors

    try:
        schemas()[table].validate(frame, lazy=True)
    except SchemaErrors as error:
        first = error.schema_errors[0]
        cases = first.failure_cases
        count = len(cases) if isinstance(cases, pl.DataFrame) else 1
        column = getattr(first.schema, "name", None) or "(all)"
        raise InputError(
            f"table {table} of run {run_id}, column {column}: {count:,} rows fail the rule {first.check}.", fix=FIX
        ) from None
