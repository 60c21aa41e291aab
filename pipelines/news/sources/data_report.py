"""The report of ``check-data``: what your files have, what is missing, what that costs, and the mapping."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from pipelines.news.raw.times import within_bounds
from pipelines.news.sources.files import find_tables, mapping, missing
from pipelines.news.sources.own.guess import Table
from pipelines.news.sources.own.normal import articles_of, clicks_of
from pipelines.news.sources.own.reading import kind_of, tables
from pipelines.news.sources.own.span import Span
from script_shared.clock import ClockChoice
from script_shared.news.params import FilesParams

Clock = Callable[[int], ClockChoice]  # the clock of a release, by the end of its data
FEW_CLICKS, FEW_USERS, FEW_ARTICLES = 2_000, 100, 50  # below these a gate can hardly tell a lead from chance


def report(path: Path, params: FilesParams, clock: Clock) -> tuple[str, str]:
    """Sentences for people, and the section ``[files]`` of a params file.

    Args:
        path: of a file, or of a folder with files.
        params: ``[files]`` of the params file, which overrules what is guessed.
        clock: gives the clock of a release whose data ends at a moment (epoch milliseconds, UTC).

    Returns:
        the sentences, and TOML; both end without a line break.

    Raises:
        InputError: a file is damaged, or no clicks are recognised.
    """
    clicks, articles = find_tables(path, params)
    maps = {"clicks": [mapping(table, "clicks", params) for table in clicks]}
    maps["articles"] = [mapping(table, "articles", params) for table in articles]
    rows = pl.concat(
        clicks_of(table.file, columns, params) for table, columns in zip(clicks, maps["clicks"], strict=True)
    )
    catalog = [
        articles_of(table.file, columns, params) for table, columns in zip(articles, maps["articles"], strict=True)
    ]
    lines = ["Files"]
    for table, columns in zip([*clicks, *articles], [*maps["clicks"], *maps["articles"]], strict=True):
        lines += _file(table, columns, "clicks" if any(table is each for each in clicks) else "articles")
    used = {table.file for table in (*clicks, *articles)}
    unused = [file.name for file in tables(path) if file not in used]
    lines += [f"  {name}: not used, its columns are neither those of clicks nor of articles" for name in unused]
    lines += ["", "Clicks", *_clicks(rows, clock)]
    if catalog:
        lines += ["", "Articles", *_articles(pl.concat(catalog), rows)]
    gaps = missing([*maps["clicks"], *maps["articles"]], with_articles=bool(articles))
    lines += ["", "What is missing, and what it costs", *(f"  {gap}" for gap in gaps or ["nothing"])]
    return "\n".join(lines), _toml(clicks, articles, maps, params)


def _file(table: Table, columns: dict[str, str], what: str) -> list[str]:
    kind = kind_of(table.file)
    how = f"CSV separated by {kind.delimiter!r}, {kind.encoding}" if kind.name == "csv" else kind.name
    pairs = ", ".join(f"{name} = {column}" for name, column in columns.items())
    unread = [column for column in table.sample.columns if column not in columns.values()]
    rest = f"; not read: {', '.join(unread)}" if unread else ""
    return [f"  {table.file.name}: {what} ({how})", f"    {pairs}{rest}"]


def _clicks(rows: pl.DataFrame, clock: Clock) -> list[str]:
    made = rows.with_columns(
        within_bounds(pl.col("time_ms")).alias("time_ms"), pl.coalesce("user", "session").alias("who")
    )
    refused = {
        "have an id that is not valid (a control character, or more than 512 characters)": made["bad_id"].sum(),
        "have neither user nor session": made["who"].null_count(),
        "have no article": made["article"].null_count(),
        "have no time between 2000 and 2100": made["time_ms"].null_count(),
    }
    sound = made.filter(~pl.col("bad_id")).drop_nulls(["who", "article", "time_ms"])
    span = Span.of(sound["time_ms"], sound["who"])
    kinds = {"users": made["who"], "articles": made["article"], "sessions": made["session"]}
    counts = {name: ids.drop_nulls().n_unique() for name, ids in kinds.items()}
    lines = [f"  {rows.height:,} rows, {span.text()}"]
    lines.append("  " + ", ".join(f"{count:,} {name}" for name, count in counts.items() if count))
    lines += [f"  {count:,} rows {what} and will be rejected" for what, count in refused.items() if count]
    lines += [f"  {sentence}" for sentence in span.outside()]
    lines += _logins(rows) + _little(sound.height, counts["users"], counts["articles"])
    return lines + ([f"  {clock(span.end_ms).why}"] if span.clicks else [])


def _logins(rows: pl.DataFrame) -> list[str]:
    if rows["logged"].null_count() == rows.height:
        return []
    share = _share(rows["logged"].fill_null(False))
    lines = [f"  {share:.1%} of the clicks are by logged-in users"]
    if not share:
        lines.append("  No value in the column of logins means logged in: name yours in files.logged_values.")
    return lines


def _little(clicks: int, users: int, articles: int) -> list[str]:
    few = [
        f"{name} ({count:,}; from {least:,} on the figures of an evaluation mean something)"
        for name, count, least in (
            ("clicks", clicks, FEW_CLICKS),
            ("users", users, FEW_USERS),
            ("articles", articles, FEW_ARTICLES),
        )
        if count < least
    ]
    return [f"  Few {', few '.join(few)}"] if few else []


def _articles(catalog: pl.DataFrame, rows: pl.DataFrame) -> list[str]:
    known = catalog["article"].drop_nulls().unique()
    clicked = rows["article"].drop_nulls()
    covered = _share(clicked.is_in(known.implode()))
    shares = ", ".join(f"{_share(catalog[name] != ''):.0%} with {name}" for name in ("title", "text", "section", "url"))
    lines = [f"  {catalog.height:,} rows, {len(known):,} articles; {shares}"]
    lines.append(f"  {_share(catalog['issued_ms'].is_not_null()):.0%} with a time of publication")
    lines.append(f"  {covered:.1%} of the clicks are on these articles; the others are in the catalog without texts")
    return lines


def _share(flags: pl.Series) -> float:
    return float(flags.sum()) / max(len(flags), 1)


def _toml(
    clicks: Sequence[Table], articles: Sequence[Table], maps: dict[str, list[dict[str, str]]], params: FilesParams
) -> str:
    """The section as it can be put into a params file."""
    lines = ["[files]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in params.model_dump().items() if name not in maps]
    for what in ("clicks", "articles"):
        merged = {name: column for columns in maps[what] for name, column in columns.items()}
        lines += [
            "",
            f"[files.{what}]",
            *(f"{name} = {json.dumps(column, ensure_ascii=False)}" for name, column in merged.items()),
        ]
    return "\n".join(lines) + "\n"
