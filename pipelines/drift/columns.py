"""The shift of one column of numbers or categories."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from pipelines.drift import measures
from pipelines.drift.sentences import sentence_of_categories, sentence_of_numbers
from pipelines.drift.shift import Kind, Shift, level_of
from pipelines.drift.windows import others, usual_index
from script_shared.arrays import FloatArray, IntArray

MISSING = "missing"


def number_shift(
    name: str, before: pl.DataFrame, now: pl.DataFrame, *, used: bool, windows: Sequence[pl.DataFrame] = ()
) -> Shift:
    """Compare a column of numbers; ``windows`` as in ``compare``."""
    old, new = _values(before, name), _values(now, name)
    edges = measures.edges_of(old)
    counts = [measures.counts_of_numbers(values, edges) for values in (old, new)]
    usual = usual_of(counts[0], counts[1], [measures.counts_of_numbers(_values(w, name), edges) for w in windows])
    index, missing = measures.stability_index(*counts), (missing_share(before, name), missing_share(now, name))
    effect, gap = measures.standardised_change(old, new), measures.largest_gap(old, new)
    return Shift(
        column=name,
        kind="number",
        index=index,
        gap=gap,
        effect=effect,
        missing_before=missing[0],
        missing=missing[1],
        level=level_of(index, usual, max(np.nan_to_num(gap), abs(missing[1] - missing[0]))),
        used=used,
        new=(),
        sentence=sentence_of_numbers(name, old, new, effect, missing),
        usual=usual,
        bins=measures.names_of_bins(edges),
        shares_before=measures.shares(counts[0]),
        shares=measures.shares(counts[1]),
    )


def category_shift(
    name: str, before: pl.DataFrame, now: pl.DataFrame, *, used: bool, windows: Sequence[pl.DataFrame] = ()
) -> Shift:
    """Compare a column of categories; ``windows`` as in ``compare``."""
    names = [sorted(table[name].drop_nulls().unique().cast(pl.String).to_list()) for table in (before, now)]
    every = sorted({*names[0], *names[1]})
    counts = [_counts(table, name, every) for table in (before, now)]
    usual = usual_of(counts[0], counts[1], [_counts(window, name, every) for window in windows])
    index, missing = measures.stability_index(*counts), (missing_share(before, name), missing_share(now, name))
    new = tuple(text for text in names[1] if text not in names[0])
    return shift_of_shares(
        name,
        "category",
        counts,
        missing,
        index=index,
        usual=usual,
        used=used,
        new=new,
        sentence=sentence_of_categories(name, every, counts[0][:-1], counts[1][:-1], missing, new),
        bins=(*every, MISSING),
        shares_before=measures.shares(counts[0]),
        shares=measures.shares(counts[1]),
    )


def shift_of_shares(
    name: str,
    kind: Kind,
    counts: Sequence[IntArray] | Sequence[FloatArray],
    missing: tuple[float, float],
    *,
    index: float,
    usual: float,
    **more: Any,
) -> Shift:
    """The shift of a column whose values have no order: its effect is their association with the two times.

    Args:
        name: of the column.
        kind: ``category`` or ``text``.
        counts: (values) each, before and now.
        missing: shares of rows without a value, before and now.
        index: population stability index.
        usual: the index that chance, or the usual difference between such windows, explains.
        **more: the other fields of ``Shift``.
    """
    return Shift(
        column=name,
        kind=kind,
        index=index,
        gap=float("nan"),
        effect=measures.association(*counts),
        missing_before=missing[0],
        missing=missing[1],
        level=level_of(index, usual, 1.0),
        usual=usual,
        **more,
    )


def usual_of(before: IntArray, now: IntArray, windows: Sequence[IntArray]) -> float:
    """The index that chance, or the usual difference between windows, explains."""
    chance = measures.by_chance(before, now)
    if not windows:
        return chance
    counts = np.stack(windows)
    among = [measures.stability_index(rest, each) for rest, each in zip(others(counts), counts, strict=True)]
    return max(chance, usual_index(among))


def missing_share(table: pl.DataFrame, name: str) -> float:
    """Share of the rows without a value."""
    return table[name].null_count() / max(table.height, 1)


def _values(table: pl.DataFrame, name: str) -> FloatArray:
    values: FloatArray = table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


def _counts(table: pl.DataFrame, name: str, every: Sequence[str]) -> IntArray:
    """Rows of each category, and of missing values at the end."""
    found = dict(table[name].cast(pl.String).value_counts().iter_rows())
    return np.array([*(found.get(text, 0) for text in every), found.get(None, 0)], np.int64)
