"""Reads Excel workbooks as they are: every sheet a table of texts under its own header, nothing guessed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from script_shared.errors import InputError

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
LONGEST_HEADER_SEARCH = 20  # rows above the header, such as titles


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: of the sheet.
        headers: as they stand there, "" where there is none; two may be the same.
        cells: column_0, column_1 ...: texts, None where a cell is empty or blank.
        first_row: number of the first row of cells in the sheet, counted from 1.
    """

    name: str
    headers: tuple[str, ...]
    cells: pl.DataFrame
    first_row: int

    def count_filled(self, place: int) -> int:
        """How many cells of a column hold something."""
        column = self.cells.to_series(place)
        return len(column) - column.null_count()


def sheets(path: Path) -> list[Sheet]:
    """All sheets of a workbook that hold anything, in their order.

    Numbers are texts with a point, dates ``2015-06-17 00:00:00``; cells of blanks count as empty.

    Args:
        path: of the workbook.

    Raises:
        InputError: the file is no workbook, is damaged or protected by a password; names the file.
    """
    import fastexcel

    try:
        reader = fastexcel.read_excel(path)
        found = [_sheet(reader, name) for name in reader.sheet_names]
    except fastexcel.FastExcelError as error:
        raise InputError(
            f"{path.name}: is no workbook that can be read ({type(error).__name__}).",
            fix="Save it as .xlsx without a password, and put it there again.",
        ) from error
    return [sheet for sheet in found if sheet is not None]


def _sheet(reader: Any, name: str) -> Sheet | None:
    raw = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    if not raw.height or not raw.width:
        return None
    table = raw.select(pl.all().str.strip_chars().replace("", None))
    row = _header_row(table)
    headers = tuple(text or "" for text in table.row(row))
    cells = table.slice(row + 1)
    cells.columns = [f"column_{place}" for place in range(cells.width)]
    return Sheet(name, headers, cells, row + 2)


def _header_row(table: pl.DataFrame) -> int:
    """The first row that is at least half filled; titles above the header hold a cell or two."""
    top = table.head(LONGEST_HEADER_SEARCH)
    filled = [sum(cell is not None for cell in row) for row in top.iter_rows()]
    return next(place for place, count in enumerate(filled) if count * 2 >= max(filled))
