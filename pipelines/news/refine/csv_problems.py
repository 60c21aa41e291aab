"""Says in one message, with file and line, why a file could not be read as CSV; it looks only after reading failed."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from script_shared.errors import InputError

WIDE = {  # the longer marks first: UTF-16's is how UTF-32's begins
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@contextmanager
def explained(files: Sequence[Path]) -> Iterator[None]:
    """Turns what the CSV reader raises about these files into one message.

    Raises:
        InputError: a file is not UTF-8, was cut off inside a cell, or has a line with more cells than the header.
    """
    try:
        yield
    except (pl.exceptions.ComputeError, pl.exceptions.ShapeError, pl.exceptions.SchemaError) as error:
        problems = (problem for file in files if (problem := _problem(file)))
        raise next(problems, _unknown(files, error)) from error


def not_utf8(file: Path, line: int) -> InputError:
    """The error for a line that is not UTF-8; the advice looks at how the file begins."""
    with file.open("rb") as stream:
        start = stream.read(4)
    wide = next((name for mark, name in WIDE.items() if start.startswith(mark)), "")
    if b"\0" in start and not wide:
        return InputError(f"{file.name}: line {line:,} is not UTF-8 but holds zero bytes.", fix="Save it as UTF-8.")
    encoding = wide or "latin1"
    return InputError(f"{file.name}: line {line:,} is not UTF-8.", fix=f"Convert it: iconv -f {encoding} -t utf-8.")


def _problem(file: Path) -> InputError | None:
    if line := _first_line_not_utf8(file):
        return not_utf8(file, line)
    if _quote_left_open(file):
        problem = "a quote is opened and never closed; the file may be cut off"
        return InputError(f"{file.name}: {problem}.", fix="Download it again.")
    if line := _first_ragged_line(file):
        problem = f"line {line:,} has another number of cells than the header"
        return InputError(f"{file.name}: {problem}.", fix="Put cells that hold a comma or a quote into double quotes.")
    return None


def _unknown(files: Sequence[Path], error: Exception) -> InputError:
    names = ", ".join(file.name for file in files)
    return InputError(f"{names}: not readable as CSV ({str(error).splitlines()[0]}).", fix="Download it again.")


def _first_line_not_utf8(file: Path) -> int:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def _quote_left_open(file: Path) -> bool:
    with file.open("rb") as stream:
        return sum(line.count(b'"') for line in stream) % 2 == 1


def _first_ragged_line(file: Path) -> int:
    csv.field_size_limit(2**31 - 1)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        width = len(next(reader))
        return next((reader.line_num for row in reader if row and len(row) != width), 0)
