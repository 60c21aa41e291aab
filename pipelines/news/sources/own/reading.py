"""Reads a table of any usual kind as text, column by column: CSV, JSON lines and parquet."""

import codecs
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.news.raw.csv_bounds import check_rows_end, header_of
from pipelines.news.raw.csv_problems import explain_errors
from script_shared.errors import InputError

KINDS = {  # how a file is read, by the end of its name
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "json lines",
    ".ndjson": "json lines",
    ".json": "json lines",
    ".parquet": "parquet",
}
DELIMITERS = ",;\t|"
MOST_COLUMNS = 2_000
HEAD_BYTES = 1 << 20
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CHUNK = 1 << 20
SMALL_ROWS, MOST_ROWS_A_BYTE = 1_000_000, 8  # of a parquet file; a real log has fewer than one row a byte
MOST_EXACT = 2.0**53  # floats below it hold every whole number


@dataclass(frozen=True)
class Kind:
    """The format of a file: csv, json lines or parquet; for CSV also the separator and the encoding."""

    name: str
    delimiter: str = ","
    encoding: str = "utf-8"


def tables(path: Path) -> list[Path]:
    """The files at a path that may be tables: the file itself, or those of the folder and one level below.

    Args:
        path: of a file, or of a folder.

    Raises:
        InputError: there is none.
    """
    if path.is_file():
        return [path]
    found = [file for pattern in ("*", "*/*") for file in path.glob(pattern) if _is_table(file)]
    if not found:
        kinds = ", ".join(KINDS)
        raise InputError(f"{path}: holds no table.", fix=f"Name a file or folder with files that end with {kinds}.")
    return sorted(found)


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in KINDS and file.is_file() and not file.name.startswith((".", "_"))


def kind_of(file: Path) -> Kind:
    """How a file is written.

    Args:
        file: its ending says the kind; of a CSV file the beginning is read for encoding and delimiter.

    Raises:
        InputError: it is empty, or no table.
    """
    name = KINDS.get(file.suffix.lower())
    if name is None:
        raise InputError(f"{file.name}: is of no kind that is read.", fix=f"Use one of {', '.join(KINDS)}.")
    if not file.stat().st_size:
        raise InputError(f"{file.name}: is empty.", fix="Export it again.")
    if name != "csv":
        return Kind(name)
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), "") or _encoding(file)
    line = head.decode(encoding, "replace").splitlines()[0]
    delimiter = max(DELIMITERS, key=line.count)
    if line.count(delimiter) >= MOST_COLUMNS:
        raise InputError(
            f"{file.name}: has more than {MOST_COLUMNS:,} columns.", fix="Export only those that are needed."
        )
    return Kind("csv", delimiter, encoding)


def _encoding(file: Path) -> str:
    """The encoding by the first letters beyond ASCII, wherever they are; a broken letter later on is damage."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                if not decoder.decode(chunk).isascii():
                    return "utf-8"
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


@contextmanager
def open_table(file: Path) -> Iterator[pl.LazyFrame]:
    """The table with all columns as text; null for an empty cell.

    Raises:
        InputError: the file is damaged; names file and, for CSV, line.
    """
    kind = kind_of(file)
    with tempfile.TemporaryDirectory(prefix="pauta-files-") as folder, _readable(file):
        if kind.name == "csv":
            source = file if kind.encoding in ("utf-8", "utf-8-sig") else _as_utf8(file, kind, Path(folder))
            table = pl.scan_csv(source, separator=kind.delimiter, infer_schema=False, glob=False)
            header_of(source, kind.delimiter)
            check_rows_end(source)
            with explain_errors([source], kind.delimiter):
                yield table
        elif kind.name == "parquet":
            table = pl.scan_parquet(file, glob=False)
            _check_rows(file, table.select(pl.len()).collect().item())
            yield _as_text(table)
        else:
            yield pl.scan_ndjson(file, schema=dict.fromkeys(_json_columns(file), pl.String()))


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None  # a reader's message may contain cells
        raise InputError(
            f"{file.name}: cannot be read ({reason or type(error).__name__}).", fix="Export it again."
        ) from None


def _as_utf8(file: Path, kind: Kind, folder: Path) -> Path:
    target = folder / file.name
    read = file.open(encoding=kind.encoding, errors="replace", newline="")
    with read as source, target.open("w", encoding="utf-8", newline="") as copy:
        shutil.copyfileobj(source, copy, CHUNK)
    return target


def _check_rows(file: Path, rows: int) -> None:
    """Refuse a table whose few bytes would fill the memory: times and ids take a byte of each row at least.

    Raises:
        InputError: names the file, its rows and its size.
    """
    size = file.stat().st_size
    if rows > SMALL_ROWS and rows > MOST_ROWS_A_BYTE * size:
        raise InputError(
            f"{file.name}: {rows:,} rows in {size:,} bytes are more than a log of clicks can hold.",
            fix="Look at what wrote the file, and export it again.",
        )


def _json_columns(file: Path) -> list[str]:
    """The names in any of the objects, lists and structures left out: a column may begin late, or change its type."""
    try:
        found = pl.scan_ndjson(file, infer_schema_length=None).collect_schema()
        names = [name for name, kind in found.items() if not kind.is_nested()]
    except pl.exceptions.SchemaError:  # types that have nothing in common
        names = _json_names(file)
    _check_plain(names)
    return names


def _json_names(file: Path) -> list[str]:
    names: dict[str, bool] = {}
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                cells = json.loads(line).items() if line.strip() else ()
            except (ValueError, AttributeError, RecursionError):
                raise InputError(f"{file.name}: line {number:,} is no JSON object.", fix="Export it again.") from None
            for name, value in cells:
                names[name] = names.get(name, True) and not isinstance(value, (dict, list))
    return [name for name, plain in names.items() if plain]


def _check_plain(columns: Sequence[object]) -> None:
    if not columns:
        raise InputError("the table has no column of plain values.", fix="Export plain columns.")


def _as_text(table: pl.LazyFrame) -> pl.LazyFrame:
    """Every column as text: times as epoch milliseconds, whole numbers without a point, lists and structures left out.

    A column of whole numbers in which one is missing is one of floats, where pandas wrote it.
    """
    columns: list[pl.Expr] = []
    for name, kind in table.collect_schema().items():
        if isinstance(kind, pl.Datetime):
            columns.append(pl.col(name).dt.epoch("ms").cast(pl.String).alias(name))
        elif kind == pl.Date:
            columns.append(pl.col(name).cast(pl.Datetime("ms")).dt.epoch("ms").cast(pl.String).alias(name))
        elif kind.is_float():
            whole = (
                pl.col(name).is_finite() & (pl.col(name) == pl.col(name).floor()) & (pl.col(name).abs() < MOST_EXACT)
            )
            number = pl.when(whole).then(pl.col(name)).cast(pl.Int64).cast(pl.String)
            columns.append(number.fill_null(pl.col(name).fill_nan(None).cast(pl.String)).alias(name))
        elif not kind.is_nested() and kind != pl.Binary:
            columns.append(pl.col(name).cast(pl.String).alias(name))
    _check_plain(columns)
    return table.select(columns)
