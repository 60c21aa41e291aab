"""Looks at a CSV file before a reader does: its header, and that no row takes more memory than a row should."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipelines.news.raw.csv_problems import LINE_ENDS, not_utf8
from pipelines.raw_files.cell_limit import cell_limit
from script_shared.errors import InputError

HEADER_BYTES = 1 << 20
MOST_COLUMNS = 2_000
ROW_BYTES = 16 << 20  # the longest history of the real files takes 2 MB
OTHER_DELIMITERS = ";\t|"
FIRST_LOOK, LARGER = 1 << 14, 16  # bytes read at a piece's end; each further read is so many times larger
_LONE_CR = re.compile(rb"\r(?!\n|$)")
PIECE = 1 << 20  # bytes that are read together
QUOTE, NEWLINE = ord('"'), b"\n"
Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]


def header_of(file: Path, delimiter: str = ",") -> list[str]:
    """The names of a file's columns, white space around them left out.

    Args:
        file: a CSV file.
        delimiter: one character.

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

    Args:
        file: a CSV file of any size; it is read in pieces.

    Raises:
        InputError: names the file and the line at which the row begins.
    """
    row = end = 0  # where the current row begins, and how far the file was read
    quoted = False
    piece = np.empty(min(PIECE, ROW_BYTES), np.uint8)
    with file.open("rb", buffering=0) as stream:
        while count := stream.readinto(piece.data):
            part = piece[:count]
            odd = bool(np.count_nonzero(part == QUOTE) % 2)
            end += count
            if end - row > ROW_BYTES and not _ends_within(part, row + ROW_BYTES - end + count, quoted=quoted):
                raise _no_end(file, row)
            if last := _last_row_end(part, quoted=quoted != odd):
                row = end - count + last
            quoted ^= odd
    if end - row >= ROW_BYTES:
        raise _no_end(file, row)


def _no_end(file: Path, row: int) -> InputError:
    with file.open("rb") as stream:
        pieces = iter(lambda: stream.read(min(PIECE, row - stream.tell())), b"")
        line = 1 + sum(piece.count(NEWLINE) for piece in pieces)
    problem = f"line {line:,} begins a row of more than {ROW_BYTES:,} bytes"
    return InputError(
        f"{file.name}: {problem}.", fix="Look for a quote that is never closed, or for missing line breaks."
    )


def _ends_within(part: Bytes, most: int, *, quoted: bool) -> bool:
    """Whether a row ends in the first ``most`` bytes of a part; ``quoted`` is whether it begins within quotes."""
    codes = part[: max(most, 0)]
    return bool(np.any((codes == ord(NEWLINE)) & ((np.cumsum(codes == QUOTE) + quoted) % 2 == 0)))


def _last_row_end(part: Bytes, *, quoted: bool) -> int:
    """The place after the last line break outside quotes, 0 for none; ``quoted`` is whether it ends within quotes.

    The search covers the last bytes of the part, then more and more of it.
    """
    size, start, found = FIRST_LOOK, len(part), 0
    while start and not found:
        start = max(0, len(part) - size)
        codes = part[start:]
        behind = np.cumsum((codes == QUOTE)[::-1], dtype=np.uint8)[::-1]  # overflows, and stays odd or even
        ends = np.flatnonzero((codes == ord(NEWLINE)) & ((behind + quoted) % 2 == 0))
        found = start + int(ends[-1]) + 1 if len(ends) else 0
        size *= LARGER
    return found
