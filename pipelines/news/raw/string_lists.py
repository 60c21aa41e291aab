"""Lists written as one string, in both of the challenge's spellings: ``a, b`` and numpy's ``['a'\\n 'b']``."""

import polars as pl

COMMA = ", "


_NUMPY = r"^\[\s*(?:['\"][\s\S]*['\"]|[-+\d.\s,eEnaif]*)\s*\]$"  # quoted elements, or numbers with nan and inf


def plain(cells: pl.Series, times: pl.Series | None = None) -> pl.Series:
    """The cells in the comma spelling, whichever of the two each of them has.

    Args:
        cells: String (n), each a list as one text; null counts as empty.
        times: the cells of times beside them, which say how the row is written: an id may begin with a bracket, a time
            never does.

    Returns:
        String (n), elements joined by comma and blank.

    >>> plain(pl.Series(["a, b", "['a'\\n 'b']", "[1 2]", "[]", "[urgente]"])).to_list()
    ['a, b', 'a, b', '1, 2', '', '[urgente]']
    """
    cells = cells.fill_null("")
    bracketed = cells.str.starts_with("[")
    if not bracketed.any():
        return cells
    bracketed = cells.str.contains(_NUMPY)
    if times is not None:
        bracketed &= times.fill_null("").str.starts_with("[")
    bare = cells.str.strip_chars("[] \n\r\t")
    texts = bare.str.replace_all(r"['\"],?\s+['\"]", COMMA).str.replace(r"^['\"]", "").str.replace(r"['\"]$", "")
    numbers = bare.str.replace_all(r",?\s+", COMMA)
    bare = texts.zip_with(bare.str.contains(r"^['\"]"), numbers)
    return bare.zip_with(bracketed, cells)


def lengths(cells: pl.Series) -> pl.Series:
    """Number of elements of each plain cell; an empty cell has none.

    Args:
        cells: String (n), as ``plain`` gives them.

    Returns:
        Int64 (n).
    """
    counts = cells.str.count_matches(COMMA, literal=True).cast(pl.Int64) + 1
    return counts.zip_with(cells != "", pl.zeros(len(cells), pl.Int64, eager=True))


def elements(column: str) -> pl.Expr:
    """All elements of a column of plain cells under each other; leave out the empty cells first.

    Args:
        column: name of a column of plain cells.
    """
    return pl.col(column).str.split(COMMA).explode()
