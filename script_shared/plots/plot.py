"""What a plot shows: labels, series of numbers with their intervals, and how they are drawn."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["lines", "bars", "rows"]
Unit = Literal["number", "percent"]
Value = float | None


@dataclass(frozen=True)
class Series:
    """One line, or one colour of bars.

    Attributes:
        name: for the key and the header of its column.
        values: one per label; None or nan where it is missing, which leaves a gap.
        low: lower ends of the intervals, as ``values``; empty for no intervals.
        high: upper ends.
    """

    name: str
    values: Sequence[Value]
    low: Sequence[Value] = ()
    high: Sequence[Value] = ()

    def interval(self, place: int) -> tuple[float, float] | None:
        """The interval of a value, None if it has none.

        Args:
            place: of the value in the series.

        Returns:
            lower and upper end, in the unit of the values.
        """
        if not self.low or is_missing(self.low[place]) or is_missing(self.high[place]):
            return None
        return float(self.low[place] or 0), float(self.high[place] or 0)


@dataclass(frozen=True)
class Plot:
    """A plot, and the table of its numbers.

    Attributes:
        kind: ``lines`` over the labels, upright ``bars``, or ``rows`` of horizontal bars.
        title: what it shows.
        over: header of the labels, such as "run".
        labels: one per value, in their order.
        series: at most nine.
        caption: a sentence below.
        unit: ``percent`` for shares from 0 to 1.
        scale: ``log`` for a logarithmic axis of values.
        stacked: bars of one label lie on each other.
        numeric: the labels are numbers, and points lie at these numbers.
        mark: a value with a dashed line; None for none.
        top: the end of the axis of values; None for the largest value.
    """

    kind: Kind
    title: str
    over: str
    labels: Sequence[str]
    series: Sequence[Series]
    caption: str = ""
    unit: Unit = "number"
    scale: Literal["linear", "log"] = "linear"
    stacked: bool = False
    numeric: bool = False
    mark: float | None = None
    top: float | None = None

    def __post_init__(self) -> None:
        """Check that every series has a value for each label.

        Raises:
            ValueError: a series has another length, or its intervals have.
        """
        for each in self.series:
            sizes = {len(each.values), len(each.low) or len(self.labels), len(each.high) or len(self.labels)}
            if sizes != {len(self.labels)}:
                raise ValueError(f"plot {self.title!r}: series {each.name!r} needs {len(self.labels)} values.")

    def csv(self) -> str:
        """The numbers as CSV with a header; missing values are blank, intervals have columns of their own.

        >>> print(Plot("bars", "Recall", "segment", ["all"], [Series("new", [0.5], [0.4], [0.6])]).csv(), end="")
        segment,new,new low,new high
        all,0.5,0.4,0.6
        """
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow([self.over, *(name for each in self.series for name in _columns(each))])
        for place, label in enumerate(self.labels):
            lines.writerow([label, *(value for each in self.series for value in _cells(each, place))])
        return text.getvalue()


def is_missing(value: Value) -> bool:
    """Whether there is no number.

    Args:
        value: of a series; None and nan are missing.
    """
    return value is None or math.isnan(value)


def _columns(series: Series) -> list[str]:
    return [series.name, *((f"{series.name} low", f"{series.name} high") if series.low else ())]


def _cells(series: Series, place: int) -> list[Value | str]:
    found = [series.values[place], *((series.low[place], series.high[place]) if series.low else ())]
    return ["" if is_missing(value) else value for value in found]
