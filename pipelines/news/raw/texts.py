"""Ids and texts of tables by the rules of ``script_shared.names``; a property test holds both together."""

import html

import polars as pl

from script_shared.names import INVISIBLE, LIGATURES, MAX_ID, MAX_TITLE, NULLS, SOFT_HYPHEN

_EDGE = rf"[\s{INVISIBLE}]+"
_BAD_IN_ID = r"[\x00-\x1f\x7f-\x9f]"
_UNSEEN = rf"[{INVISIBLE}{SOFT_HYPHEN}]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
_ENTITY = r"&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?"


def clean_id(column: str | pl.Expr) -> pl.Expr:
    """The id, null for a missing one; see ``bad_id`` for those that are refused."""
    text = pl.col(column) if isinstance(column, str) else column
    bare = text.str.replace(f"^{_EDGE}", "").str.replace(f"{_EDGE}$", "")
    return pl.when(~bare.str.to_lowercase().is_in(list(NULLS))).then(bare)


def bad_id(cleaned: pl.Expr) -> pl.Expr:
    """Whether a cleaned id holds a control character or is too long; false for a missing one."""
    bad = cleaned.str.contains(_BAD_IN_ID) | (cleaned.str.len_chars() > MAX_ID)
    return bad.fill_null(False)


def clean_text(column: str | pl.Expr) -> pl.Expr:
    """The text as people read it, "" for a missing one."""
    text = pl.col(column) if isinstance(column, str) else column
    decoded = (
        pl.when(text.str.contains(_ENTITY))
        .then(text.map_elements(html.unescape, return_dtype=pl.String))
        .otherwise(text)
    )
    whole = decoded.str.replace_all(_UNSEEN, "")
    for ligature, letters in LIGATURES.items():
        whole = whole.str.replace_all(ligature, letters, literal=True)
    return whole.str.normalize("NFC").str.replace_all(r"\s+", " ").str.strip_chars().fill_null("")


def clean_title(column: str | pl.Expr) -> pl.Expr:
    """The text on one line, cut at ``MAX_TITLE`` characters."""
    return clean_text(column).str.slice(0, MAX_TITLE).str.strip_chars_end()
