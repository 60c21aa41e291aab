"""Ids and texts of tables by the rules of ``script_shared.names``; a property test holds both together."""

import html

import polars as pl

from script_shared.names import INVISIBLE, LIGATURES, MAX_ID, MAX_TITLE, NULLS, SOFT_HYPHEN

_EDGE = rf"[\s{INVISIBLE}]+"
_BAD_IN_ID = r"[\x00-\x1f\x7f-\x9f]"
_PLAIN_ID = rf"^(?:[!-~]{{{1 + max(map(len, NULLS))},}}|[0-9]+)$"  # clean as it is, and not missing
_UNSEEN = rf"[{INVISIBLE}{SOFT_HYPHEN}]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
_ENTITY = r"&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?"


def clean_id(column: str | pl.Expr) -> pl.Expr:
    """The id, null for a missing one; see ``bad_id`` for those that are refused.

    Args:
        column: a column of strings, or its name.
    """
    text = pl.col(column) if isinstance(column, str) else column
    return text.map_batches(_clean_ids, return_dtype=pl.String(), is_elementwise=True)


def bad_id(cleaned: pl.Expr) -> pl.Expr:
    """Whether a cleaned id holds a control character or is too long; false for a missing one.

    Args:
        cleaned: as ``clean_id`` gives it.
    """
    return cleaned.map_batches(_bad_ids, return_dtype=pl.Boolean(), is_elementwise=True)


def _clean_ids(texts: pl.Series) -> pl.Series:
    """Most ids are plain, so one check of them is enough."""
    if _all_plain(texts):
        return texts
    bare = texts.str.replace(f"^{_EDGE}", "").str.replace(f"{_EDGE}$", "")
    missing = bare.str.to_lowercase().is_in(list(NULLS)).fill_null(True)
    return pl.select(pl.when(pl.lit(~missing)).then(pl.lit(bare))).to_series()


def _bad_ids(cleaned: pl.Series) -> pl.Series:
    if cleaned.null_count() == len(cleaned) or _all_plain(cleaned):
        return _none(cleaned)
    places = cleaned.is_not_null().arg_true()
    some = cleaned.gather(places) if len(places) < len(cleaned) else cleaned
    bad = some.str.contains(_BAD_IN_ID) | (some.str.len_chars() > MAX_ID)
    return bad if some is cleaned else _none(cleaned).scatter(places, bad)


def _none(texts: pl.Series) -> pl.Series:
    return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True).alias(texts.name)


def _all_plain(texts: pl.Series) -> bool:
    short = (texts.str.len_bytes() <= MAX_ID).all(ignore_nulls=False)
    return bool(short and texts.str.contains(_PLAIN_ID).all())


def clean_text(column: str | pl.Expr) -> pl.Expr:
    """The text as people read it, "" for a missing one.

    Args:
        column: a column of strings, or its name.
    """
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
    """The text on one line, cut at ``MAX_TITLE`` characters.

    Args:
        column: a column of strings, or its name.
    """
    return clean_text(column).str.slice(0, MAX_TITLE).str.strip_chars_end()
