"""What must hold in each row of the refined tables, checked with Pandera before they are written."""

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.recruiting.tables.columns import APPLICATION_SCHEMA, CANDIDATE_SCHEMA, VACANCY_SCHEMA
from script_shared.errors import InputError
from script_shared.recruiting.refused import refuse_leaks

if TYPE_CHECKING:
    import pandera.polars as pa

LONGEST = 1_000_000  # characters of any text
FIX = "Correct the files, or the rules in pipelines/recruiting/tables/values.py, then run the step again."


@cache
def schemas() -> "dict[str, pa.DataFrameSchema]":
    """Pandera's schema of each table, by name."""
    import pandera.polars as pa

    def table(schema: dict[str, pl.DataType], needed: tuple[str, ...], unique: list[str]) -> pa.DataFrameSchema:
        found = {
            name: pa.Column(
                kind, pa.Check.str_length(1, LONGEST) if kind == pl.String() else None, nullable=name not in needed
            )
            for name, kind in schema.items()
        }
        return pa.DataFrameSchema(found, strict=True, ordered=True, unique=unique)

    applications = table(
        APPLICATION_SCHEMA, ("candidate_id", "vacancy_id", "applied_on"), ["candidate_id", "vacancy_id"]
    )
    grades = pa.Column(pl.Int8, pa.Check.in_range(0, 4), nullable=True)
    return {
        "vacancies": table(VACANCY_SCHEMA, ("vacancy_id",), ["vacancy_id"]),
        "candidates": table(CANDIDATE_SCHEMA, ("candidate_id",), ["candidate_id"]),
        "applications": applications.update_column("grade", checks=grades.checks),
    }


def check(table: str, frame: pl.DataFrame, run_id: str) -> None:
    """Check all of a table.

    Raises:
        InputError: names table, run, column, rule and the count of failing rows; no values, which are of people.
    """
    from pandera.errors import SchemaErrors

    refuse_leaks(frame.columns)
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
