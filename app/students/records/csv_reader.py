"""Reads records of CSV."""

import csv
from collections.abc import Iterator
from typing import Any

from app.students.records.reader import LONGEST, RecordReader
from app.students.shapes import BatchRecord
from script_shared.errors import RequestError


class CsvReader(RecordReader):
    """CSV with a header. With semicolons between the cells, a decimal comma is accepted."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._delimiter = ","
        self._open = ""  # lines of a record whose quotes are not closed yet

    def _records(self, *, last: bool) -> Iterator[dict[str, Any]]:
        for line in self._lines(last=last):
            whole = f"{self._open}\n{line}" if self._open else line
            self._open = whole if whole.count('"') % 2 else ""
            self._refuse_long(whole)
            if not self._open and whole.strip():
                yield from self._row(whole)
        self._refuse_long(self._open + self._text)
        if last and self._open:
            raise self._no_csv()

    def _row(self, line: str) -> Iterator[dict[str, Any]]:
        if not self._names:
            self._delimiter = ";" if line.count(";") > line.count(",") else ","
        try:
            cells = next(csv.reader([line], delimiter=self._delimiter))
        except csv.Error:
            raise self._no_csv() from None
        if not self._names:
            self._names = _names_in(cells)
            return
        pairs = zip(self._names, (cell.strip() for cell in cells), strict=False)
        commas = self._delimiter == ";"
        yield {name: _number(cell, name, commas=commas) for name, cell in pairs if name and cell}

    def _refuse_long(self, line: str) -> None:
        if len(line) > LONGEST:
            raise self._no_csv()

    def _no_csv(self) -> RequestError:
        return RequestError("the body is not valid CSV.", fix="A cell may be too long, or lack a quote.")


def _names_in(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if unknown := [name[:64] for name in names if name not in BatchRecord.model_fields]:
        known = ", ".join(BatchRecord.model_fields)
        raise RequestError(f"unknown columns: {', '.join(unknown[:10])}.", fix=f"Columns are {known}.")
    return names


def _number(value: str, name: str, *, commas: bool) -> str:
    return value.replace(",", ".") if commas and name != "ref" else value
