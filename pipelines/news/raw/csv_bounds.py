"""Looks at a CSV file before a reader does: its header, and that no row takes more memory than a row should."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipelines.news.raw.csv_problems import LINE_ENDS, not_utf8
from pipelines.raw_files.cell_limit import cell_limit
from script_shared.errors import InputError

HEADER_BYTES = 1 << 20
MOST_COLUMNS = 2_000
ROW_BYTES = 16 << 20  # the longest history of the real files takes 2 MB
OTHER_DELIMITERS = ";\t|"
FIRST_LOOK = 64  # characters of a window's end; each further look is as many times larger
_LONE_CR = re.compile(rb"\r(?!\n|$)")
QUOTE, NEWLINE = b'"', b"\n"


def header_of(file: Path, delimiter: str = ",") -> list[str]:
    """The names of a file's columns, white space around them left out.

    Raises:
        InputError: the first line is empty, too long, not UTF-8, or no header.
    """
    with file.open("rb") as stream:
        start = stream.read(HEADER_BYTES)
    line = start.partition(NEWLINE)[0]
    if not line.strip():
        raise InputError(f"{file.name}: is empty.", fix="Download it again.")
    if b"\0" in line:  # UTF-16 without a mark is valid UTF-8, and no header
        raise not_utf8(file, 1)
    if _LONE_CR.search(line):
        raise InputError(f"{file.name}: line 1 ends with a carriage return alone.", fix=LINE_ENDS)
    if len(line) == HEADER_BYTES:
        raise InputError(
            f"{file.name}: line 1 is longer than {HEADER_BYTES:,} bytes.", fix="Begin the file with its column names."
        )
    try:
        names = [name.strip() for name in cells(line.decode("utf-8-sig").rstrip("\r"), delimiter)]
    except UnicodeDecodeError as error:
        raise not_utf8(file, 1) from error
    if len(names) > MOST_COLUMNS:
        raise InputError(f"{file.name}: has {len(names):,} columns.", fix=f"Keep {MOST_COLUMNS:,} at most.")
    return names


def columns_of(file: Path, wanted: Sequence[str]) -> list[str]:
    """The names of a file's columns, each of those wanted among them once; columns may come in any order.

    Raises:
        InputError: see ``header_of``; also another delimiter, or a column that is missing or there twice.
    """
    names = header_of(file)
    missing = [name for name in wanted if name not in names]
    for other in OTHER_DELIMITERS if missing else "":
        if set(wanted) <= set(header_of(file, other)):
            raise InputError(f"{file.name}: is separated by {other!r}.", fix="Separate the columns by a comma.")
    if missing:
        there = ", ".join(names[:40])
        raise InputError(
            f"{file.name}: column {', '.join(missing)} is missing; there are {there[:1000]}.",
            fix="Name the columns as the challenge's files do.",
        )
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise InputError(f"{file.name}: column {twice[0]} is there twice.", fix="Keep one of them.")
    return names


def cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line."""
    with cell_limit(ROW_BYTES):
        return next(csv.reader([line], delimiter=delimiter), [])


def check_rows_end(file: Path) -> None:
    """No row is longer than ``ROW_BYTES``; line breaks in quoted cells do not end it.

    Each step reads so much and looks for the last line break in it that an even number of quotes comes before.

    Raises:
        InputError: names the file and the line at which the row begins.
    """
    with file.open("rb") as stream:
        line = 1
        for window in _windows(stream):
            if not window:
                problem = f"line {line:,} begins a row of more than {ROW_BYTES:,} bytes"
                raise InputError(
                    f"{file.name}: {problem}.", fix="Look for a quote that is never closed, or for missing line breaks."
                )
            line += window.count(NEWLINE)


def _windows(stream: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that end where a row ends; an empty one where none ends in time."""
    while len(window := stream.read(ROW_BYTES)) == ROW_BYTES:
        end = _last_row_end(window)
        yield window[:end]
        if not end:
            return
        stream.seek(end - len(window), 1)


def _last_row_end(window: bytes) -> int:
    """The place behind the last line break outside quotes, 0 for none; the window begins with a row.

    It is looked for in the last part of the window, then in ever larger ones.
    """
    size, found = FIRST_LOOK, 0
    while not found and size <= FIRST_LOOK * len(window):
        found = _row_end_from(window, max(0, len(window) - size))
        size *= FIRST_LOOK
    return found


def _row_end_from(window: bytes, start: int) -> int:
    """The same, where it lies behind ``start``."""
    codes = np.frombuffer(window, np.uint8, offset=start)
    quotes = np.cumsum(codes == ord(QUOTE), dtype=np.uint8)  # overflows, and stays odd or even
    outside = (quotes + window.count(QUOTE, 0, start) % 2) % 2 == 0
    ends = np.flatnonzero((codes == ord(NEWLINE)) & outside)
    return start + int(ends[-1]) + 1 if len(ends) else 0
