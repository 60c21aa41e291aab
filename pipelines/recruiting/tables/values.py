"""Raw texts as values: each rule is one expression, and what it cannot read is null."""

from collections.abc import Sequence

import polars as pl

EMPTY = ("", "-", "--", ".", "n", "na", "n/a", "null", "none", "nan", "não informado", "nao informado", "0000-00-00")
SPACES = r"[^\S\n]+"
YES = ("sim", "s", "yes", "true", "1")
NO = ("não", "nao", "n", "no", "false", "0")
FORMATS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")


def text(name: str) -> pl.Expr:
    """A text without blanks at its ends, several blanks as one, line breaks kept; null for every kind of empty."""
    found = pl.col(name).str.replace_all("\r\n?", "\n").str.replace_all(SPACES, " ").str.strip_chars()
    return pl.when(~found.str.to_lowercase().is_in(list(EMPTY))).then(found).alias(name)


def short(name: str) -> pl.Expr:
    """The same on one line."""
    return text(name).str.replace_all(r"\s+", " ").alias(name)


def day(name: str, first_year: int) -> pl.Expr:
    """A date of ``DD-MM-YYYY``, ``DD/MM/YYYY`` or ``YYYY-MM-DD``, with or without a time; null before first_year.

    ``00-00-0000``, ``01-01-1970`` and other texts are null.
    """
    part = pl.col(name).str.strip_chars().str.extract(r"^(\d{1,4}[-/]\d{1,2}[-/]\d{1,4})", 1)
    found = pl.coalesce(part.str.strptime(pl.Date, form, strict=False) for form in FORMATS)
    return pl.when(found.dt.year().is_between(first_year, 2100)).then(found).alias(name)


def identifier(name: str) -> pl.Expr:
    """An id without blanks; null where there is none or where it cannot be one."""
    found = pl.col(name).str.strip_chars()
    usable = found.str.len_chars().is_between(1, 64) & ~found.str.contains(r"[\x00-\x1f\x7f]")
    return pl.when(usable & ~found.str.to_lowercase().is_in(list(EMPTY))).then(found).alias(name)


def usable_ids(ids: Sequence[str]) -> list[str]:
    """Those that a refined table has, too, without blanks.

    >>> usable_ids([" 7 ", "", "x" * 65])
    ['7']
    """
    found = pl.DataFrame({"id": ids}, schema={"id": pl.String}).select(identifier("id")).to_series()
    return list(found.drop_nulls())


def title(name: str) -> pl.Expr:
    """A title without the numbers at its end and the marks at its begin, such as ``- 2024123`` and ``IND -``."""
    found = (
        short(name)
        .str.replace(r"^(?:IND|URGENTE|NOVA)\s*-\s*", "")
        .str.replace(r"(?:\s*[\-–]\s*\(?\d{4,}|\s+\(?\d{6,})\)?\s*$", "")
    )
    found = found.str.strip_chars(" -–")
    return pl.when(found.str.len_chars() > 0).then(found).alias(name)


def flag(name: str) -> pl.Expr:
    """True for ``Sim``, false for ``Não``, null for others."""
    found = pl.col(name).str.strip_chars().str.to_lowercase()
    return pl.when(found.is_in(list(YES))).then(True).when(found.is_in(list(NO))).then(False).alias(name)


def contract_types(name: str) -> pl.Expr:
    """The types of a comma list, sorted; empty where there are none."""
    return _parts(pl.col(name).fill_null("").str.split(",")).alias(name)


def areas(name: str) -> pl.Expr:
    """The areas of ``TI - Projetos-TI - SAP-``, sorted; a comma separates, too."""
    cut = pl.col(name).fill_null("").str.replace_all(r"(\S)-([A-ZÀ-Ý])", "${1}\n${2}")  # " - " is within an area
    return _parts(cut.str.replace_all(r",\s*", "\n").str.split("\n")).alias(name)


def _parts(lists: pl.Expr) -> pl.Expr:
    cleaned = lists.list.eval(pl.element().str.strip_chars().str.strip_chars_end("-").str.strip_chars())
    return cleaned.list.eval(pl.element().filter(pl.element() != "")).list.unique().list.sort()
