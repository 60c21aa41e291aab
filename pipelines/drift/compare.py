"""Compares two tables column by column: values, categories, texts, missing values, and added or removed columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from pipelines.drift.columns import category_shift, number_shift
from pipelines.drift.shift import Level, Shift
from pipelines.drift.texts import text_shift


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
        """Whether a column that the model uses has large drift; the alert DataDrift follows from the gauges."""
        return bool(self.columns("large", used=True))

    def sentences(self) -> list[str]:
        """What a person should read: added or removed columns, then notable and large shifts."""
        came = [f"{name} is new: nothing is known of it in {self.before}." for name in self.new_columns]
        gone = [f"{name} is not there any more." for name in self.lost_columns]
        return [*came, *gone, *(each.sentence for each in self.shifts if each.level != "none")]


def compare(
    before: pl.DataFrame,
    now: pl.DataFrame,
    *,
    names: tuple[str, str],
    numbers: Sequence[str] = (),
    categories: Sequence[str] = (),
    texts: Sequence[str] = (),
    used: Sequence[str] = (),
    new_columns: Sequence[str] = (),
    windows: Sequence[pl.DataFrame] = (),
) -> Drift:
    """Compare new rows with those before.

    Args:
        before: the rows of the reference.
        now: the new rows, with columns of the same names and types where both have them.
        names: what the rows before and the new ones are of.
        numbers: columns of numbers; categories: columns of texts that are categories; texts: columns of many words.
        categories: columns of categories, compared by shares.
        texts: columns of texts, compared by the terms and the languages in them.
        used: those that the model uses.
        new_columns: of the raw data, beside those that only one of the tables has.
        windows: the rows before, as windows that differ only by chance and season; their differences count as usual.
            Without any, only differences by chance do.
    """
    windows = [each for each in windows if each.height]  # an empty one would make every difference usual
    kinds = ((number_shift, numbers), (category_shift, categories), (text_shift, texts))
    shifts = [
        shift_of(name, before, now, used=name in used, windows=windows)
        for shift_of, chosen in kinds
        for name in chosen
        if name in before and name in now
    ]
    chosen = (*numbers, *categories, *texts)
    return Drift(
        before=names[0],
        now=names[1],
        rows_before=before.height,
        rows=now.height,
        shifts=tuple(sorted(shifts, key=lambda shift: -shift.index)),
        new_columns=tuple(sorted({*new_columns, *(name for name in chosen if name in now and name not in before)})),
        lost_columns=tuple(name for name in chosen if name in before and name not in now),
    )


def combine(first: Drift, *others: Drift) -> Drift:
    """Comparisons of several tables of the same times as one; its rows are those of the first.

    Args:
        first: gives names, times and rows of the result.
        *others: comparisons of other tables; their columns must have other names.
    """
    every = (first, *others)
    return replace(
        first,
        shifts=tuple(sorted((shift for each in every for shift in each.shifts), key=lambda shift: -shift.index)),
        new_columns=tuple(name for each in every for name in each.new_columns),
        lost_columns=tuple(name for each in every for name in each.lost_columns),
    )
