"""Source ``files``: people's own clicks and articles, in files of any usual kind, with columns of any names."""

import fnmatch
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news.sources.own.fields import FIELDS, NO_ARTICLES
from pipelines.news.sources.own.guess import Table, choose, look
from pipelines.news.sources.own.normal import articles_of, clicks_of
from pipelines.news.sources.own.reading import tables
from pipelines.raw_files.given_path import given_path, stamp
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.news.params import FilesParams

WHAT = "your file or folder of clicks and articles"
CLICKS, ARTICLES = "site_clicks.parquet", "site_articles.parquet"
CHECK = "python -m pipelines check-data PATH shows what is found, and proposes the section [files] of the params."


def fingerprint(context: Context) -> str:
    """Names, sizes and times of the files, and how they are read."""
    path, params = given_path(context, WHAT), context.params.files
    lines = [f"{file.name} {stamp(file)}" for file in tables(path)] + [params.model_dump_json()]
    return "files:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Write one table of clicks and, where there are articles, one of articles; columns have standard names and units.

    Raises:
        InputError: no file of clicks is found, a column is missing, or a file is damaged; the message says what to do.
    """
    path, params = given_path(context, WHAT), context.params.files
    clicks, articles = find_tables(path, params)
    mapped = [(table.file, mapping(table, "clicks", params)) for table in clicks]
    rows = pl.concat(clicks_of(file, columns, params) for file, columns in mapped)
    rows.write_parquet(folder / CLICKS)
    facts: dict[str, Any] = {"source_path": str(path.resolve()), "clicks": rows.height}
    facts["columns"] = {file.name: columns for file, columns in mapped}
    if articles:
        listed = [(table.file, mapping(table, "articles", params)) for table in articles]
        catalog = pl.concat(articles_of(file, columns, params) for file, columns in listed)
        catalog.write_parquet(folder / ARTICLES)
        facts["columns"] |= {file.name: columns for file, columns in listed}
    facts["missing"] = missing(facts["columns"].values(), with_articles=bool(articles))
    (folder / "columns.json").write_text(json.dumps(facts["columns"], ensure_ascii=False, indent=1), encoding="utf-8")
    return facts


def find_tables(path: Path, params: FilesParams) -> tuple[list[Table], list[Table]]:
    """The files of clicks and of articles: those named in the params, else those with matching columns.

    Raises:
        InputError: no file of clicks, or the params name one that does not exist.
    """
    looked = [look(file) for file in tables(path)]
    clicks, articles = choose(looked)
    if params.clicks_files:
        clicks = _match_tables(looked, params.clicks_files, "clicks_files")
        articles = [table for table in articles if table not in clicks]
    elif not clicks and any(params.clicks.model_dump().values()):
        clicks = [table for table in looked if _has(table, params.clicks.model_dump()) and table not in articles]
    if params.articles_files:
        articles = _match_tables(looked, params.articles_files, "articles_files")
        clicks = [table for table in clicks if table not in articles]
    if not clicks:
        columns = "; ".join(f"{table.file.name}: {', '.join(table.sample.columns[:12])}" for table in looked[:5])
        raise InputError(f"{path}: no file of clicks was recognised. Columns are {columns}.", fix=CHECK)
    return clicks, articles


def _match_tables(looked: list[Table], pattern: str, param: str) -> list[Table]:
    found = [table for table in looked if fnmatch.fnmatch(table.file.name, pattern)]
    if not found:
        names = ", ".join(table.file.name for table in looked)
        raise InputError(f"files.{param} = {pattern!r}: no such file; there are {names}.", fix="Correct the params.")
    return found


def _has(table: Table, columns: dict[str, str]) -> bool:
    return all(column in table.sample.columns for column in columns.values() if column)


def mapping(table: Table, what: str, params: FilesParams) -> dict[str, str]:
    """Field to column: from the params, and for the rest the proposal.

    Raises:
        InputError: the params name a column that does not exist, or a needed field has no column.
    """
    named = {name: column for name, column in getattr(params, what).model_dump().items() if column}
    for name, column in named.items():
        if column not in table.sample.columns:
            there = ", ".join(table.sample.columns)
            raise InputError(
                f"{table.file.name}: there is no column {column!r} (files.{what}.{name}); there are {there}.", fix=CHECK
            )
    rest = {name: column for name, column in table.mappings[what].items() if column not in named.values()}
    chosen = rest | named
    needed = [field.name for field in FIELDS[what] if not field.lost and field.name not in chosen]
    if what == "clicks" and not {"user", "session"} & chosen.keys():
        needed.append("user")
    if needed:
        there = ", ".join(table.sample.columns)
        raise InputError(f"{table.file.name}: which column is the {needed[0]}? There are {there}.", fix=CHECK)
    return chosen


def missing(mappings: Any, *, with_articles: bool) -> list[str]:
    """A sentence for each missing field, with its cost."""
    held = {name for columns in mappings for name in columns}
    fields = [*FIELDS["clicks"], *(FIELDS["articles"] if with_articles else ())]
    sentences = [f"{field.name}: {field.lost}" for field in fields if field.lost and field.name not in held]
    return sentences if with_articles else [*sentences, f"articles: {NO_ARTICLES}"]
