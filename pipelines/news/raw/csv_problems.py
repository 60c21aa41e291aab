"""Explains in one message, with file and line, why a file could not be read as CSV. Used only after reading failed."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipelines.raw_files.cell_limit import cell_limit
from script_shared.errors import InputError

WIDE = {  # the longer marks first: UTF-16's is how UTF-32's begins
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CHUNK = 1 << 20
LONGEST_LINE = 16 << 20  # characters
LINE_ENDS = r"Write usual line ends, such as with: tr '\r' '\n' < old.csv > new.csv."


@contextmanager
def explain_errors(files: Sequence[Path], delimiter: str = ",") -> Iterator[None]:
    """Turns an error of the CSV reader into one message about the file.

    Args:
        files: those that are read in the block, in the order in which problems are looked for.
        delimiter: one character.

    Raises:
        InputError: a file cannot be read, is not UTF-8, was cut off inside a cell, or has a line with more cells than
            the header.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"{_names(files)}: cannot be read ({_reason(error)}).", fix="Check the disk.") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        problems = (problem for file in files if (problem := _problem(file, delimiter)))
        raise next(problems, _unknown(files, error)) from None


def not_utf8(file: Path, line: int) -> InputError:
    """The error for a line that is not UTF-8; the advice looks at how the file begins."""
    with file.open("rb") as stream:
        start = stream.read(4)
    wide = next((name for mark, name in WIDE.items() if start.startswith(mark)), "")
    if b"\0" in start and not wide:
        return InputError(f"{file.name}: line {line:,} is not UTF-8 but holds zero bytes.", fix="Save it as UTF-8.")
    encoding = wide or "latin1"
    return InputError(f"{file.name}: line {line:,} is not UTF-8.", fix=f"Convert it: iconv -f {encoding} -t utf-8.")


def check_widths(file: Path, delimiter: str = ",") -> None:
    """Every row has as many cells as the header; blank lines do not count.

    Raises:
        InputError: names file and line.
    """
    if problem := _find_ragged_line(file, delimiter):
        raise problem


def _problem(file: Path, delimiter: str) -> InputError | None:
    if line := _first_line_not_utf8(file):
        return not_utf8(file, line)
    if sum(chunk.count(b'"') for chunk in _chunks(file)) % 2:
        problem = "a quote is opened and never closed; the file may be cut off"
        return InputError(f"{file.name}: {problem}.", fix="Download it again.")
    return _find_ragged_line(file, delimiter)


def _unknown(files: Sequence[Path], error: BaseException) -> InputError:
    """The reader's message may contain cells, so it is not repeated."""
    return InputError(f"{_names(files)}: not readable as CSV ({type(error).__name__}).", fix="Download it again.")


def _names(files: Sequence[Path]) -> str:
    return ", ".join(file.name for file in files)


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _first_line_not_utf8(file: Path) -> int:
    """Its number, 0 for none."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
            line += chunk.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return line + error.object[: error.start].count(b"\n")
    return 0


def _find_ragged_line(file: Path, delimiter: str) -> InputError | None:
    """What is wrong with the first line that has more or fewer cells than the header, or cannot be cut into cells."""
    with cell_limit(LONGEST_LINE), file.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        lines = iter(lambda: stream.readline(LONGEST_LINE), "")
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            width = len(next(reader, []))
            odd = next((len(row) for row in reader if any(row) and len(row) != width), 0)
        except csv.Error as error:
            return _not_cut(file, reader.line_num, error)
        if not odd:
            return None
        problem = f"line {reader.line_num:,} has another number of cells than the header ({odd} instead of {width})"
        return InputError(f"{file.name}: {problem}.", fix="Put cells that hold a comma or a quote into double quotes.")


def _not_cut(file: Path, line: int, error: csv.Error) -> InputError:
    fix = LINE_ENDS if "new-line character" in str(error) else "Export the file again."
    return InputError(f"{file.name}: line {line:,} cannot be cut into cells ({_reason(error)}).", fix=fix)
