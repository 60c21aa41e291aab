"""The column-name table: which of our columns a sheet's header means, in any case, accent or spelling seen."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

TABLE = Path(__file__).with_name("columns.toml")
Kind = Literal["key", "number", "text", "ignored", "personal"]
_NOT_WORD = re.compile(r"[\W_]+")
_YEAR = re.compile(r"(?<!\d)(?:20)?(\d\d)(?!\d)")
_MARKS = str.maketrans({"º": " ", "°": " ", "ª": " "})
SHOWN = 60  # characters of a header in a message


@dataclass(frozen=True)
class Column:
    """One row of the table.

    Attributes:
        name: ours.
        kind: what becomes of its cells.
        spellings: normalised; ``{yy}`` and ``{yyyy}`` are a year.
        lost: what a sheet without it loses, "" when nothing.
        required: whether a sheet without it is refused.
        optional: whether its absence is worth no message.
        either: columns one of which is enough.
    """

    name: str
    kind: Kind
    spellings: tuple[str, ...]
    lost: str = ""
    required: bool = False
    optional: bool = False
    either: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """What one header means.

    Attributes:
        column: None where the table does not have it.
        year: that the header names, None without one.
        suggestion: the spelling that is close to an unknown header, "" without one.
    """

    column: Column | None
    year: int | None = None
    suggestion: str = ""


@dataclass
class Message:
    """A message about a sheet; never the content of a cell.

    Attributes:
        sheet: name of the sheet.
        column: name of the column, or several names.
        what: what is wrong with the column.
        lost: what the model loses by it, "" for nothing.
        year: year of the sheet; None if it is unknown.
    """

    sheet: str
    column: str
    what: str
    lost: str = ""
    year: int | None = None

    def __str__(self) -> str:
        lost = f" Lost: {self.lost}." if self.lost else ""
        return f"sheet {self.sheet}, column {self.column}: {self.what}.{lost}"


@cache
def table() -> tuple[Column, ...]:
    """The table of ``columns.toml``."""
    content = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(
        Column(
            name,
            row["kind"],
            tuple(row["names"]),
            row.get("lost", ""),
            row.get("required", False),
            row.get("optional", False),
            tuple(row.get("either", ())),
        )
        for name, row in content.items()
    )


def normal(header: str) -> str:
    """A header as it is compared: lower case, no accents, words parted by one blank.

    >>> normal("  Nº  Av "), normal("Instituição de Ensino"), normal("ATIVO/ INATIVO")
    ('n av', 'instituicao de ensino', 'ativo inativo')
    """
    text = unicodedata.normalize("NFKD", header.translate(_MARKS).casefold())
    return _NOT_WORD.sub(" ", "".join(letter for letter in text if not unicodedata.combining(letter))).strip()


def header_text(header: str) -> str:
    """A header as a message shows it: on one line, not too long."""
    return " ".join(header.split())[:SHOWN]


def match(header: str) -> Match:
    """What a header means.

    >>> match("DEFASAGEM").column.name, match("INDE 2023").year, match("Defasajem").suggestion
    ('lag', 2023, 'defasagem')
    """
    text = normal(header)
    if text in _plain():
        return Match(_plain()[text])
    year = year_in(text)
    if year is not None:
        bare = normal(_YEAR.sub(" ", text))
        if text_column := _plain().get(bare):
            return Match(text_column, year)
    close = get_close_matches(text, list(_plain()), 1, cutoff=0.8)
    return Match(None, year, close[0] if close else "")


def year_in(text: str) -> int | None:
    """The year that a text names, with four digits or two; None without one, or with several.

    Args:
        text: name of a file, a sheet or a column.

    >>> year_in("PEDE2022"), year_in("inde 23"), year_in("Fase 1"), year_in("2022-24")
    (2022, 2023, None, None)
    """
    found = {2000 + int(digits) for digits in _YEAR.findall(text)}
    return found.pop() if len(found) == 1 else None


@cache
def _plain() -> dict[str, Column]:
    spellings = {}
    for column in table():
        for spelling in column.spellings:
            bare = spelling.replace("{yyyy}", "").replace("{yy}", "")
            spellings[normal(bare)] = column
    return spellings


def used_columns() -> Sequence[Column]:
    """The columns that bronze keeps."""
    return [column for column in table() if column.kind in ("key", "number", "text")]
