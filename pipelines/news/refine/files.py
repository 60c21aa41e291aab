"""Finds the raw CSV files by their place and header, and reads them as lazy tables of text."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.news.refine.csv_problems import not_utf8
from script_shared.errors import InputError

HISTORIES = "files/treino/treino_parte*.csv"
ITEMS = "itens/itens/itens-parte*.csv"
VALIDATION = "validacao.csv"
FILE_COLUMN = "_file"
OTHER_DELIMITERS = ";\t|"


def find_files(raw: Path, pattern: str, columns: Sequence[str]) -> list[Path]:
    """The files of a pattern in the order of their numbers, each with all columns in its header.

    Raises:
        InputError: no file, an empty file, another delimiter, a missing column, or not UTF-8.
    """
    files = sorted(raw.glob(pattern), key=lambda path: (int("0" + "".join(re.findall(r"\d+", path.stem))), path.name))
    if not files:
        raise InputError(f"{raw}: there is no {pattern}.", fix="Put the challenge's files there, in their own folders.")
    for file in files:
        _check_header(file, columns)
    return files


def _check_header(file: Path, columns: Sequence[str]) -> None:
    with file.open("rb") as stream:
        line = stream.readline()
    if not line.strip():
        raise InputError(f"{file.name}: is empty.", fix="Download it again.")
    if b"\0" in line:  # UTF-16 without a mark is valid UTF-8, and no header
        raise not_utf8(file, 1)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf8(file, 1) from error
    header = next(csv.reader([text.rstrip("\r\n")]))
    missing = [name for name in columns if name not in header]
    if not missing:
        return
    for other in OTHER_DELIMITERS:
        if set(columns) <= set(next(csv.reader([text.rstrip("\r\n")], delimiter=other))):
            raise InputError(f"{file.name}: is separated by {other!r}.", fix="Separate the columns by a comma.")
    raise InputError(
        f"{file.name}: column {', '.join(missing)} is missing; there are {', '.join(header)}.",
        fix="Name the columns as the challenge's files do.",
    )


def scan(files: Sequence[Path], columns: Sequence[str]) -> pl.LazyFrame:
    """All files as one lazy table of strings, with the file's path in ``FILE_COLUMN``; an empty cell is "".

    Blank lines are left out. The filter looks at every column, those that are not selected too, because the reader
    notices surplus cells only when it reads them all.
    """
    table = pl.scan_csv(
        list(files), infer_schema=False, empty_string_is_null=False, include_file_paths=FILE_COLUMN, glob=False
    )
    blank = pl.all_horizontal(pl.exclude(FILE_COLUMN) == "")
    return table.filter(~blank).select(*columns, FILE_COLUMN)
