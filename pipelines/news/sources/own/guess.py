"""Proposes the meaning of columns by their names and their content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.news.raw.times import moments
from pipelines.news.sources.own.fields import FIELDS, Field, spell_name
from pipelines.news.sources.own.reading import open_table

SAMPLE_ROWS = 5_000
URL = r"^https?://"
LINKED = 0.2  # share of the ids of a sample that must occur among the clicks
MOSTLY = 0.9  # share of the cells that must be of a kind


@dataclass(frozen=True)
class Table:
    """A file, a sample of its rows as text, and the proposed mapping: field to column."""

    file: Path
    sample: pl.DataFrame
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)

    def complete(self, what: str) -> bool:
        """Whether the columns that clicks or articles must have were found."""
        needed = {each.name for each in FIELDS[what] if not each.lost}
        return needed <= self.mappings[what].keys()


def look(file: Path) -> Table:
    """Read the beginning of a file and propose the meaning of its columns.

    Args:
        file: a table of any kind of ``KINDS``.

    Raises:
        InputError: the file is damaged.
    """
    with open_table(file) as table:
        sample = table.head(SAMPLE_ROWS).collect()
    return Table(file, sample, {what: propose(sample, FIELDS[what]) for what in FIELDS})


def propose(sample: pl.DataFrame, fields: Sequence[Field]) -> dict[str, str]:
    """The column of each field, by name first and then by content; a column is used once."""
    mapping: dict[str, str] = {}
    names = {spell_name(column): column for column in reversed(sample.columns)}
    for each in fields:
        known = (names[name] for name in each.known_as if name in names)
        column = next((name for name in known if name not in mapping.values() and _fits(sample[name], each.name)), None)
        if column is not None:
            mapping[each.name] = column
    return mapping | _by_content(sample, fields, mapping)


def _fits(cells: pl.Series, name: str) -> bool:
    """Whether the content of a column fits the field."""
    if name in ("time", "issued"):
        return is_time(cells)
    return True


def _by_content(sample: pl.DataFrame, fields: Sequence[Field], mapping: Mapping[str, str]) -> dict[str, str]:
    """What the names left open and the content makes sure: the only column of times, the only one of addresses."""
    free = [column for column in sample.columns if column not in mapping.values()]
    found = {}
    for name, rule in (("time", is_time), ("issued", is_time), ("url", _is_url), ("user", _is_long_hex)):
        if name in mapping or name not in {each.name for each in fields}:
            continue
        candidates = [column for column in free if rule(sample[column])]
        if len(candidates) == 1:
            found[name] = candidates[0]
            free.remove(candidates[0])
    return found


def is_time(cells: pl.Series) -> bool:
    """Whether nearly all cells are times."""
    filled = cells.drop_nulls().head(500)
    if not len(filled) or filled.str.len_chars().max() < 8:  # type: ignore[operator]
        return False
    read = moments(_iso(filled)).is_not_null().sum()
    return bool(read >= MOSTLY * len(filled))


def _iso(cells: pl.Series) -> pl.Series:
    """Dates as they are written in Brazil and Europe, day first, in ISO's order."""
    return cells.str.replace(r"^(\d{1,2})/(\d{1,2})/(\d{4})", "$3-$2-$1")


def _is_url(cells: pl.Series) -> bool:
    filled = cells.drop_nulls()
    return bool(len(filled) and filled.str.contains(URL).sum() >= MOSTLY * len(filled))


def _is_long_hex(cells: pl.Series) -> bool:
    filled = cells.drop_nulls()
    hexes = filled.str.contains(r"^[0-9a-fA-F-]{24,64}$").sum()
    return bool(len(filled) and hexes >= MOSTLY * len(filled) and filled.n_unique() < len(filled))


def choose(tables: Sequence[Table]) -> tuple[list[Table], list[Table]]:
    """The files of clicks and those of articles; a file that could be both is what it has more fields of.

    Args:
        tables: as ``look`` gives them.

    Returns:
        files of clicks, and files of articles; a file that is neither is in none.
    """
    clicks: list[Table] = []
    articles: list[Table] = []
    for table in tables:
        as_clicks, as_articles = table.complete("clicks"), table.complete("articles")
        has_texts = {"title", "text", "url"} & table.mappings["articles"].keys()
        if as_articles and has_texts and not (as_clicks and "user" in table.mappings["clicks"]):
            articles.append(table)
        elif as_clicks and {"user", "session"} & table.mappings["clicks"].keys():
            clicks.append(table)
    rest = [table for table in tables if table not in clicks and table not in articles]
    linked = (_link_texts(table, clicks) for table in rest)
    return clicks, articles + [table for table in linked if table is not None]


def _link_texts(table: Table, clicks: Sequence[Table]) -> Table | None:
    """A table of texts whose ids are those of the clicks, under whatever name; None for others."""
    of_articles = table.mappings["articles"]
    if not {"title", "text"} & of_articles.keys():
        return None
    clicked = {value for each in clicks for value in each.sample[each.mappings["clicks"]["article"]].drop_nulls()}
    for column in table.sample.columns:
        cells = table.sample[column].drop_nulls()
        distinct = column not in of_articles.values() and len(cells) and cells.n_unique() == len(cells)
        if distinct and len(clicked.intersection(cells)) >= LINKED * min(len(clicked), len(cells)):
            mappings = {**table.mappings, "articles": {"article": column} | of_articles}
            return Table(table.file, table.sample, mappings)
    return None
