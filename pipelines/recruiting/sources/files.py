"""Source ``files``: a person's own tables as CSV, JSON lines or parquet, with columns of any names."""

import fnmatch
import hashlib
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.raw_files.given_path import given_path, stamp
from pipelines.recruiting.tables.contacts import keep_contacts, keeps_contacts
from pipelines.recruiting.tables.raw import COLUMNS, write_raw
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.recruiting.params import FilesParams
from script_shared.recruiting.privacy import scrub

WHAT = "the folder of your vacancies, candidates and applications"
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")
TEXTS = {  # cleaned of personal data
    "vacancies": ("description", "skills_text", "remarks"),
    "candidates": ("title", "skills_text", "certifications", "cv_text"),
    "applications": (),
}
CONTACT = {"name": "names", "birth_date": "birth_date"}  # column of a person, and its field in a contact
PERSON = ("name", "birth_date")  # columns of candidates that may be mapped: what to look for in the texts, then dropped


def fingerprint(context: Context) -> str:
    """Names, sizes and times of the files, and how they are read."""
    params: FilesParams = context.params.files
    files = _tables(given_path(context, WHAT), params)
    lines = [f"{path.name} {stamp(path)}" for path in files.values()] + [params.model_dump_json()]
    return "files:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Write the raw tables.

    Raises:
        InputError: a file or a column is missing, a column is refused, or a file cannot be read.
    """
    params: FilesParams = context.params.files
    columns = mapping(params.columns)
    facts: dict[str, Any] = {"columns": {}}
    for table, path in _tables(given_path(context, WHAT), params).items():
        read, named = _read(path), columns.get(table, {})
        if missing := [column for column in named.values() if column not in read.columns]:
            there = ", ".join(read.columns)
            raise InputError(
                f"{path.name}: there is no column {missing[0]!r}; there are {there}.", fix="Correct files."
            )
        found = {name: name for name in (*COLUMNS[table], *PERSON) if name in read.columns} | named
        frame = read.select(pl.col(column).cast(pl.String).alias(name) for name, column in found.items())
        write_raw(folder, table, _clean(table, frame))
        if table == "candidates" and keeps_contacts(context.settings):
            facts["contacts"] = keep_contacts(context, _contacts(frame))
        facts[table], facts["columns"][table] = frame.height, found
    return facts


def _contacts(frame: pl.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Contacts by candidate: the columns of the person, if they are mapped."""
    columns = {field: frame[name].to_list() for name, field in CONTACT.items() if name in frame.columns}
    rows = zip(*columns.values(), strict=True) if columns else ()
    values = [{field: [each] for field, each in zip(columns, row, strict=True) if each} for row in rows]
    return dict(zip(frame["candidate_id"].fill_null("").to_list(), values, strict=False))


def mapping(lines: list[str]) -> dict[str, dict[str, str]]:
    """Columns by table and field.

    Raises:
        InputError: a line is of another form, or names an unknown field.

    >>> mapping(["candidates.cv_text = Resume Text"])
    {'candidates': {'cv_text': 'Resume Text'}}
    """
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        place, separator, column = line.partition("=")
        table, _, field = place.strip().partition(".")
        if not separator or table not in COLUMNS or field not in (*COLUMNS[table], *PERSON):
            raise InputError(
                f"files.columns: {line!r} names no field.", fix='Write "candidates.cv_text = your column".'
            )
        found.setdefault(table, {})[field] = column.strip()
    return found


def _tables(path: Path, params: FilesParams) -> dict[str, Path]:
    if not path.is_dir():
        raise InputError(f"{path}: is a file.", fix=f"Name {WHAT}.")
    files = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
    found = {}
    for table in COLUMNS:
        fitting = [each for each in files if fnmatch.fnmatch(each.name.lower(), getattr(params, table).lower())]
        if len(fitting) != 1:
            there = ", ".join(each.name for each in files) or "none"
            raise InputError(
                f"{path}: {len(fitting)} files fit files.{table} = {getattr(params, table)!r}; there are {there}.",
                fix="Correct the params, or keep one file of each table.",
            )
        found[table] = fitting[0]
    return found


def _read(path: Path) -> pl.DataFrame:
    """A file as texts."""
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path, glob=False)
        if path.suffix == ".csv":
            start = path.read_bytes()[:4_096]
            separator = max(",;\t", key=lambda each: start.count(each.encode()))
            return pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy", glob=False)
        return pl.read_ndjson(path, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path.name}: cannot be read ({type(error).__name__}).", fix="Export it again.") from None


def _clean(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The table without personal data in its texts, and without the columns that name what to remove."""
    texts = [name for name in TEXTS[table] if name in frame.columns]
    known = {name: frame[name].fill_null("").to_list() for name in PERSON if name in frame.columns}
    size = frame.height
    names, births = (known.get(name, [""] * size) for name in PERSON)
    for text in texts:
        rows = zip(frame[text].to_list(), names, births, strict=True)
        cleaned = [scrub(value, [name], [birth]) if value else value for value, name, birth in rows]
        frame = frame.with_columns(pl.Series(text, cleaned, pl.String))
    return frame.drop(*known)
