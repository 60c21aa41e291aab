"""Step bronze: all sheets of all workbooks as one table of texts, with one name for each column over the years.

Names of people are read no further than this: their columns are left in the workbook.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import polars as pl

from pipelines.students.sources.workbook import Sheet, sheets
from pipelines.students.tables.column_names import Message, used_columns, year_in
from pipelines.students.tables.headers import EarlierColumn, read_headers, report_earlier
from pipelines.students.tables.landing import FOLDER, in_order
from pipelines.use_case import Context
from script_shared.errors import InputError

TABLE = "records.parquet"
PLACE = ("year", "file", "sheet", "row")  # where a record was read; before our columns
NAMES = tuple(column.name for column in used_columns())
SCHEMA: dict[str, pl.DataType] = {
    "year": pl.Int32(),
    "file": pl.String(),
    "sheet": pl.String(),
    "row": pl.UInt32(),
    **{name: pl.String() for name in NAMES},
}


def bronze(context: Context) -> dict[str, Any]:
    """Read landing, write bronze (``records.parquet``: ``SCHEMA``; all cells texts, None where empty).

    A sheet is of the year that its name says, else the only year that its file's name says. Where several sheets are of
    one year, the later file corrects the earlier one, see ``bronze.corrections``.

    Args:
        context: the run, its settings, params and options.

    Returns:
        years (rows by year), sheets, messages (what a person should know of the sheets), corrections.

    Raises:
        InputError: a workbook cannot be read, no sheet is of a year, a required column is missing, or a column is of a
            later year than its sheet.
    """
    folder = context.run.read("landing") / FOLDER
    found: dict[int, pl.DataFrame] = {}
    messages: list[Message] = []
    earlier: list[EarlierColumn] = []
    corrections: list[dict[str, Any]] = []
    read = 0
    for path in in_order(folder):
        for sheet in sheets(path):
            year = year_in(sheet.name) or year_in(path.stem)
            if year is None or not sheet.cells.height:
                messages.append(Message(sheet.name, "(all)", _why_left_out(year), "the sheet"))
                continue
            reading = read_headers(sheet.name, year, sheet.headers, sheet.count_filled)
            messages += reading.messages
            earlier += reading.earlier
            records = _records(sheet, year, path.name, reading.places)
            if year in found:
                merge = context.params.bronze.corrections == "merge"
                records, told = _correct(found[year], records, merge=merge)
                corrections.append({"year": year, "file": path.name, "sheet": sheet.name, **told})
            found[year] = records
            read += 1
    if not found:
        raise InputError(
            "no sheet is of a year.", fix="Give each sheet, or each file, a name with its year, such as PEDE2024."
        )
    messages += report_earlier(earlier, lambda name, year: year in found and found[year][name].is_not_null().any())
    with context.run.write("bronze") as (output, facts):
        pl.concat([found[year] for year in sorted(found)]).write_parquet(output / TABLE)
        facts["years"] = {str(year): found[year].height for year in sorted(found)}
        facts |= {"sheets": read, "corrections": corrections, "messages": [asdict(each) for each in messages]}
        facts["warnings"] = [str(each) for each in messages]
    return dict(facts)


def _why_left_out(year: int | None) -> str:
    return "neither the sheet nor its file is named by one year" if year is None else "has a header and no rows"


def _records(sheet: Sheet, year: int, file: str, places: Mapping[str, int]) -> pl.DataFrame:
    cells = sheet.cells.with_row_index("row", sheet.first_row).select(
        pl.lit(year).alias("year"),
        pl.lit(file).alias("file"),
        pl.lit(sheet.name).alias("sheet"),
        "row",
        *(pl.col(f"column_{place}").alias(name) for name, place in places.items()),
    )
    missing = [pl.lit(None, pl.String).alias(name) for name in NAMES if name not in places]
    table = cells.with_columns(missing).select(list(SCHEMA)).cast(SCHEMA)  # type: ignore[arg-type]
    return table.filter(~pl.all_horizontal(pl.col(name).is_null() for name in NAMES))


def _correct(old: pl.DataFrame, new: pl.DataFrame, *, merge: bool) -> tuple[pl.DataFrame, dict[str, int]]:
    """The year's records after a correction, and how many students it changed, added and does not name."""
    key = pl.col("ra").str.strip_chars().str.to_uppercase()
    old, new = old.with_columns(key.alias("_key")), new.with_columns(key.alias("_key"))
    rest = old.join(new, on="_key", how="anti")
    both = new.join(old, on="_key", how="inner", suffix="_old")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_old")) for name in NAMES if name != "ra")
    told = {
        "changed": both.filter(~same).height,
        "unchanged": both.filter(same).height,
        "added": new.join(old, on="_key", how="anti").height,
        "not_named": rest.height,
    }
    return (pl.concat([rest, new]) if merge else new).drop("_key"), told
