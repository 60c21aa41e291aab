"""Cells of the bronze table as values: each rule is one expression, and what it cannot read is null."""

import polars as pl

from pipelines.students.tables.column_names import normal
from script_shared.students.params import SilverParams

INDICES = ("ida", "ieg", "ipv", "iaa", "ips", "ipp", "mat", "por", "ing", "ian", "inde")
GENDERS = {"menina": "girl", "feminino": "girl", "f": "girl", "girl": "girl"} | {
    "menino": "boy",
    "masculino": "boy",
    "m": "boy",
    "boy": "boy",
}
SCHOOLS = (  # the first pattern that a normalised text holds
    ("publica", "public"),
    ("apadrinhamento", "private sponsored"),
    ("bolsista", "private scholarship"),
    ("parcer", "private partner"),
    ("decisao", "private partner"),
    ("jp ii", "private partner"),
    ("privada", "private"),
)
OTHER_SCHOOL = "other"
LAST_PHASE = 9  # beyond the eighth: students who finished school
EXCEL_EPOCH = 1899  # a cell of days since 1899-12-30 that was formatted as a date


def number(name: str) -> pl.Expr:
    """float64: a number with a point or a comma; null for any other text."""
    return pl.col(name).str.strip_chars().str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)


def index(name: str, params: SilverParams) -> pl.Expr:
    """An index or a mark in 0..index_max; what is a little above is cut, what is further out is null."""
    value = number(name)
    inside = value.is_between(0, params.index_max + params.index_tolerance)
    return pl.when(inside).then(pl.min_horizontal(value, pl.lit(params.index_max))).alias(name)


def phase(name: str) -> pl.Expr:
    """int8: 0 for ALFA, else the first digit of ``FASE 3``, ``3B``, ``Fase 3 (7º e 8º ano)``; null for others."""
    text = pl.col(name).str.strip_chars().str.to_uppercase()
    digit = text.str.extract(r"^(?:FASE\s*)?(\d)(?:\D|$)").cast(pl.Int8, strict=False)
    whole = text.str.extract(r"^(\d)\.0+$").cast(pl.Int8, strict=False)
    found = pl.when(text.str.starts_with("ALFA")).then(pl.lit(0, pl.Int8)).otherwise(pl.coalesce(whole, digit))
    return pl.when(found <= LAST_PHASE).then(found).alias(name)


def birth_year(year: pl.Expr) -> pl.Expr:
    """int32: of the birth year, else of the date of birth in any order of day and month, else year minus age."""
    written = pl.col("birth_year").str.extract(r"^((?:19|20)\d\d)\b").cast(pl.Int32, strict=False)
    dated = pl.col("birth_date").str.extract(r"\b((?:19|20)\d\d)\b").cast(pl.Int32, strict=False)
    found = pl.coalesce(written, dated, year - age())
    return pl.when(found.is_between(year - 40, year - 3)).then(found).cast(pl.Int32).alias("birth_year")


def age() -> pl.Expr:
    """int32: completed years; a date such as ``1900-01-08`` is a number of days, 8, that was formatted as a date."""
    plain = number("age").round().cast(pl.Int32)
    days = pl.col("age").str.extract(r"^1900-01-(\d\d)").cast(pl.Int32, strict=False)
    return pl.coalesce(plain, days)


def gender() -> pl.Expr:
    """girl, boy, or null."""
    return pl.col("gender").str.strip_chars().str.to_lowercase().replace_strict(GENDERS, default=None).alias("gender")


def school(spellings: list[str]) -> pl.Expr:
    """Type of school, ``other`` for a text that no rule knows, null for none.

    Args:
        spellings: the distinct texts of the column.
    """
    kinds = {text: _school(text) for text in spellings}
    return pl.col("school").replace_strict(kinds, default=None, return_dtype=pl.String).alias("school")


def _school(text: str) -> str:
    plain = normal(text)
    return next((kind for pattern, kind in SCHOOLS if pattern in plain), OTHER_SCHOOL)


def student() -> pl.Expr:
    """The id as years are joined by: no blanks, upper case; null where there is none.

    ``ra - 12`` and ``RA-12`` are one; leading zeros count.
    """
    text = pl.col("ra").str.replace_all(r"\s+", "").str.to_uppercase()
    return pl.when(text.str.len_chars().is_between(1, 64)).then(text).alias("ra")
