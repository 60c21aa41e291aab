"""Finds the raw CSV files by their place and header, and reads them as lazy tables of text."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from pipelines.news.raw.csv_bounds import check_rows_end, columns_of
from pipelines.news.raw.csv_problems import check_widths
from script_shared.errors import InputError

HISTORIES = "files/treino/treino_parte*.csv"
ITEMS = "itens/itens/itens-parte*.csv"
VALIDATION = "validacao.csv"
FILE_COLUMN, LAST_EMPTY = "_file", "_last_empty"


def find_files(raw: Path, pattern: str, columns: Sequence[str]) -> list[Path]:
    """The files of a pattern in the order of their numbers, each with all columns in its header.

    Raises:
        InputError: no file, an empty file, another delimiter, a missing column, a row without an end, or not UTF-8.
    """
    files = sorted(raw.glob(pattern), key=lambda path: (int("0" + "".join(re.findall(r"\d+", path.stem))), path.name))
    if not files:
        raise InputError(f"{raw}: there is no {pattern}.", fix="Put the challenge's files there, in their own folders.")
    for file in files:
        columns_of(file, columns)
        check_rows_end(file)
    return files


def scan(files: Sequence[Path], columns: Sequence[str]) -> pl.LazyFrame:
    """All files as one lazy table of strings; an empty cell is "".

    Each file is read by the names of its own columns. Blank lines are left out. Besides the columns there are the
    file's path in ``FILE_COLUMN`` and ``LAST_EMPTY``, see :func:`check_no_row_short`.
    """
    return pl.concat([_scan(file, columns) for file in files])


def check_no_row_short(files: Iterable[str | Path]) -> None:
    """No row has fewer cells than the header.

    The user fills what is missing with "". So a file in which some row's last cell is empty (``LAST_EMPTY``) is read
    once more, cell by cell.

    Raises:
        InputError: names file and line.
    """
    for file in sorted({Path(file) for file in files}):
        check_widths(file)


def _scan(file: Path, columns: Sequence[str]) -> pl.LazyFrame:
    """One file. The filter looks at every column, because the user notices surplus cells only when it reads all."""
    names = _distinct(columns_of(file, columns))
    table = pl.scan_csv(file, new_columns=names, infer_schema=False, empty_string_is_null=False, glob=False)
    last = (pl.col(names[-1]) == "").alias(LAST_EMPTY)
    blank = pl.all_horizontal(pl.all() == "")
    return table.filter(~blank).select(*columns, pl.lit(str(file)).alias(FILE_COLUMN), last)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, those that came before with a number behind."""
    found: dict[str, None] = {}
    for place, name in enumerate(names):
        found[name if name not in found else f"{name} _{place}"] = None
    return list(found)
