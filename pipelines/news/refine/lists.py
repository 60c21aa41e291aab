"""Lists written as one string, in both of the challenge's spellings: ``a, b`` and numpy's ``['a'\\n 'b']``."""

import polars as pl

COMMA = ", "


def plain(cells: pl.Series) -> pl.Series:
    """The cells in the comma spelling, whichever of the two each of them has.

    >>> plain(pl.Series(["a, b", "['a'\\n 'b']", "[1 2]", "[]"])).to_list()
    ['a, b', 'a, b', '1, 2', '']
    """
    cells = cells.fill_null("")
    bracketed = cells.str.starts_with("[")
    if not bracketed.any():
        return cells
    bare = cells.str.strip_chars("[] \n\r\t").str.replace_all(r"['\"]?,?\s+['\"]?", COMMA).str.strip_chars("'\"")
    return bare.zip_with(bracketed, cells)


def lengths(cells: pl.Series) -> pl.Series:
    """Number of elements of each plain cell; an empty cell has none."""
    counts = cells.str.count_matches(COMMA, literal=True).cast(pl.Int64) + 1
    return counts.zip_with(cells != "", pl.zeros(len(cells), pl.Int64, eager=True))


def elements(column: str) -> pl.Expr:
    """All elements of a column of plain cells under each other; leave out the empty cells first."""
    return pl.col(column).str.split(COMMA).explode()
