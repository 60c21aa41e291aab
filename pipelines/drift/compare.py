"""Compares two tables column by column: values, categories, missing values, and columns that came or went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from pipelines.drift import measures
from pipelines.drift.sentences import sentence_of_categories, sentence_of_numbers
from script_shared.arrays import FloatArray

Level = Literal["none", "notable", "large"]
NOTABLE, LARGE = 0.1, 0.25  # of the stability index, as is usual for it
FAR = 0.2  # Kolmogorov-Smirnov distance, or change of the share of missing values, without which none is large


@dataclass(frozen=True)
class Shift:
    """How far one column differs.

    Attributes:
        column: its name.
        kind: number or category.
        index: population stability index; missing values count as a bin.
        gap: Kolmogorov-Smirnov distance; nan for categories.
        effect: change of the mean in standard deviations, Cramér's V for categories.
        missing_before, missing: share of the rows without a value.
        level: none also where chance alone may give such an index.
        used: whether the model uses the column.
        new: categories that were not there before.
        sentence: for people.
    """

    column: str
    kind: Literal["number", "category"]
    index: float
    gap: float
    effect: float
    missing_before: float
    missing: float
    level: Level
    used: bool
    new: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Drift:
    """How far new data differ.

    Attributes:
        before, now: what they are of, such as years.
        rows_before, rows: how many.
        shifts: by column, the largest index first.
        new_columns: those of the new data alone; lost_columns: those of the earlier data alone.
    """

    before: str
    now: str
    rows_before: int
    rows: int
    shifts: tuple[Shift, ...]
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()

    def columns(self, level: Level, *, used: bool | None = None) -> list[str]:
        """The columns of a level; ``used`` chooses those that the model uses, or the others."""
        return [each.column for each in self.shifts if each.level == level and used in (None, each.used)]

    @property
    def alarm(self) -> bool:
        """Whether a column that the model uses differs largely; the alert DataDrift asks the same of the gauges."""
        return bool(self.columns("large", used=True))

    def sentences(self) -> list[str]:
        """What a person should read: columns that came or went, then notable and large shifts."""
        came = [f"{name} is new: nothing is known of it in {self.before}." for name in self.new_columns]
        gone = [f"{name} is not there any more." for name in self.lost_columns]
        return [*came, *gone, *(each.sentence for each in self.shifts if each.level != "none")]


def compare(
    before: pl.DataFrame,
    now: pl.DataFrame,
    *,
    names: tuple[str, str],
    numbers: Sequence[str],
    categories: Sequence[str],
    used: Sequence[str] = (),
    new_columns: Sequence[str] = (),
) -> Drift:
    """Compare new rows with those before.

    Args:
        names: what the rows before and the new ones are of.
        numbers: columns of numbers; categories: columns of texts.
        used: those that the model uses.
        new_columns: of the raw data, beside those that only one of the tables has.
    """
    shifts = [_number(name, before, now, used) for name in numbers if name in before and name in now]
    shifts += [_category(name, before, now, used) for name in categories if name in before and name in now]
    chosen = (*numbers, *categories)
    return Drift(
        before=names[0],
        now=names[1],
        rows_before=before.height,
        rows=now.height,
        shifts=tuple(sorted(shifts, key=lambda shift: -shift.index)),
        new_columns=tuple(sorted({*new_columns, *(name for name in chosen if name in now and name not in before)})),
        lost_columns=tuple(name for name in chosen if name in before and name not in now),
    )


def level_of(index: float, chance: float, distance: float) -> Level:
    """The level of an index; one that chance may give has the level none.

    Args:
        chance: the index that chance may give.
        distance: the largest of those that make a shift large.
    """
    if index <= chance or index <= NOTABLE:
        return "none"
    return "large" if index > LARGE and distance >= FAR else "notable"


def _values(table: pl.DataFrame, name: str) -> FloatArray:
    values: FloatArray = table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


def _missing(table: pl.DataFrame, name: str) -> float:
    return table[name].null_count() / max(table.height, 1)


def _number(name: str, before: pl.DataFrame, now: pl.DataFrame, used: Sequence[str]) -> Shift:
    old, new = _values(before, name), _values(now, name)
    counts = measures.counts_of_numbers(old, new)
    index, missing = measures.stability_index(*counts), (_missing(before, name), _missing(now, name))
    effect, gap = measures.standardised_change(old, new), measures.largest_gap(old, new)
    level = level_of(index, measures.by_chance(*counts), max(np.nan_to_num(gap), abs(missing[1] - missing[0])))
    return Shift(
        name, "number", index, gap, effect, *missing, level, name in used, (),
        sentence_of_numbers(name, old, new, effect, missing),
    )  # fmt: skip


def _category(name: str, before: pl.DataFrame, now: pl.DataFrame, used: Sequence[str]) -> Shift:
    known = [sorted(table[name].drop_nulls().unique().cast(pl.String).to_list()) for table in (before, now)]
    every = sorted({*known[0], *known[1]})
    counts = [
        np.array([int((table[name] == text).sum()) for text in every] + [table[name].null_count()])
        for table in (before, now)
    ]
    index, missing = measures.stability_index(*counts), (_missing(before, name), _missing(now, name))
    new = tuple(text for text in known[1] if text not in known[0])
    return Shift(
        name, "category", index, float("nan"), measures.association(*counts), *missing,
        level_of(index, measures.by_chance(*counts), 1.0), name in used, new,
        sentence_of_categories(name, every, counts[0][:-1], counts[1][:-1], missing, new),
    )  # fmt: skip
