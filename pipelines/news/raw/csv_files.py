"""Finds the raw CSV files by their place and header, and reads them as lazy tables of text."""

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.csv_bounds import check_rows_end, columns_of
from pipelines.news.raw.csv_problems import check_widths
from pipelines.news.raw.texts import clean_id
from script_shared.errors import InputError

HISTORIES = "files/treino/treino_parte*.csv"
ITEMS = "itens/itens/itens-parte*.csv"
VALIDATION = "validacao.csv"
FILE_COLUMN, LAST_EMPTY, BLANK = "_file", "_last_empty", "_blank"


def find_files(raw: Path, pattern: str, columns: Sequence[str]) -> list[Path]:
    """The files of a pattern in the order of their numbers, each with all columns in its header.

    Args:
        raw: folder of the raw data.
        pattern: as in ``glob``, relative to the folder.
        columns: names that each file must have; others are allowed.

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

    Args:
        files: as ``find_files`` gives them.
        columns: of the result, in this order.

    Returns:
        lazy; String columns, and Boolean ``LAST_EMPTY``: whether the row's last cell is empty.
    """
    return pl.concat([_scan(file, columns).filter(~pl.col(BLANK)).drop(BLANK) for file in files])


def scan_piece(file: Path, content: bytes, columns: Sequence[str]) -> pl.LazyFrame:
    """As ``scan``, for some rows of one file.

    Args:
        file: the file that has the rows.
        content: the header of the file and these rows.
        columns: of the result, in this order.

    Returns:
        lazy; as ``scan`` returns it.
    """
    return _scan(file, columns, io.BytesIO(content)).filter(~pl.col(BLANK)).drop(BLANK)


def scan_narrow(files: Sequence[Path], columns: Sequence[str], some: Sequence[str]) -> pl.LazyFrame:
    """The same with ``some`` of the columns, for a second read: it does not notice blank lines and surplus cells.

    Args:
        files: as ``find_files`` gives them.
        columns: as they were given to ``scan``.
        some: those that are wanted.

    Returns:
        lazy; ``some``, ``FILE_COLUMN`` and ``LAST_EMPTY``.
    """
    return pl.concat([_scan(file, columns).select(*some, FILE_COLUMN, LAST_EMPTY) for file in files])


def check_no_row_short(files: Iterable[str | Path]) -> None:
    """No row has fewer cells than the header.

    The user fills what is missing with "". So a file in which some row's last cell is empty (``LAST_EMPTY``) is read
    once more, cell by cell.

    Args:
        files: those with an empty last cell; each is read once, however often it is named.

    Raises:
        InputError: names file and line.
    """
    for file in sorted({Path(file) for file in files}):
        check_widths(file)


def rows_of_user(file: str | Path, columns: Sequence[str], user: str) -> str:
    """File and rows of a user, counted after the header: messages reach logs, so they must not name a person.

    Args:
        file: a CSV file of users.
        columns: of the file.
        user: cleaned id.
    """
    users = scan_narrow([Path(file)], columns, [c.RAW_USER]).select(clean_id(c.RAW_USER)).collect().to_series()
    rows = [str(place + 1) for place in (users == user).arg_true()[:2]]
    return f"{Path(file).name}, {'rows' if len(rows) > 1 else 'row'} {' and '.join(rows)}" if rows else Path(file).name


def _scan(file: Path, columns: Sequence[str], content: io.BytesIO | None = None) -> pl.LazyFrame:
    """One file, or some rows of it.

    ``BLANK`` uses every column, because the reader notices surplus cells only when it reads all.
    """
    names = _distinct(columns_of(file, columns))
    source = file if content is None else content
    table = pl.scan_csv(source, new_columns=names, infer_schema=False, empty_string_is_null=False, glob=False)
    last = (pl.col(names[-1]) == "").alias(LAST_EMPTY)
    blank = pl.all_horizontal(pl.all() == "").alias(BLANK)
    return table.select(*columns, pl.lit(str(file)).alias(FILE_COLUMN), last, blank)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, those that came before with a number behind."""
    found: dict[str, None] = {}
    for place, name in enumerate(names):
        found[name if name not in found else f"{name} _{place}"] = None
    return list(found)
