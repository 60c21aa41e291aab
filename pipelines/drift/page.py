"""Drift for people: a section of a page, or a page of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.drift.compare import Drift
from pipelines.drift.shift import FAR, LARGE, NOTABLE, Shift
from pipelines.report import COLOURS, MUTED, Chart, Section, Table, draw, render_page

HEADER = ("column", "", "index", "usual", "distance", "effect", "missing before", "missing", "used by the model")
TERMS = ("column", "term", "index", "distance", "share of texts before", "share now")
READING = (
    f"Population stability index: above {NOTABLE:g} notable, above {LARGE:g} large where the distance or the change of "
    f"missing values is {FAR:g} or more; an index that is usual, by chance or between earlier windows, is not marked. "
    "Distance is Kolmogorov-Smirnov's. Effect is the change of the mean in standard deviations, for categories and "
    "terms Cramér's V."
)
TITLES = {"long_term": "Compared with the reference", "short_term": "Compared with the last window"}
DRAWN, BARS = 4, 14


def section(drift: Drift, *, charts: bool = False) -> Section:
    """Sentences, and a table of all columns; with charts if it is a page of its own."""
    rows = [
        (
            *(each.column, "" if each.level == "none" else each.level, each.index, each.usual, each.gap, each.effect),
            *(each.missing_before, each.missing, "yes" if each.used else ""),
        )
        for each in drift.shifts
    ]
    blocks: list[Chart | Table] = [Table(HEADER, rows)]
    if terms := [
        (each.column, t.term, t.index, t.gap, t.share_before, t.share)
        for each in drift.shifts
        if each.level != "none"
        for t in each.terms
    ]:
        blocks.append(Table(TERMS, terms, "Terms of the texts that moved most, by TF-IDF weight."))
    text = " ".join([*drift.sentences(), READING])
    return Section(f"{drift.now} compared with {drift.before}", text, [*_charts(drift), *blocks] if charts else blocks)


def page(drift: Drift | Mapping[str, Drift], title: str, subtitle: str, *, more: Sequence[Section] = ()) -> str:
    """The page as HTML text.

    Args:
        drift: one comparison, or several by name; the first gives the verdict.
        more: sections after the comparisons, such as how the model performs meanwhile.
    """
    every = [drift] if isinstance(drift, Drift) else list(drift.values())
    sections = [section(each, charts=True) for each in every]
    return render_page(title, [*sections, *more], subtitle=subtitle, verdict=verdict(every[0]))


def verdict(drift: Drift) -> str:
    """One sentence: whether the new data are like those that the model learned from."""
    large, notable = (drift.columns(level, used=True) for level in ("large", "notable"))
    if large:
        return f"{drift.now} differs largely in columns that the model uses: {', '.join(large)}."
    if notable or drift.new_columns or drift.lost_columns:
        changed = [*notable, *drift.new_columns, *drift.lost_columns]
        return f"{drift.now} differs, but not largely in columns that the model uses: {', '.join(changed)}."
    return f"{drift.now} is as {drift.before} was in the columns that the model uses."


def _charts(drift: Drift) -> list[Chart]:
    """The index of every column beside its usual index, and the shares of the columns that moved most."""
    if not drift.shifts:
        return []
    moved = [each for each in drift.shifts if each.bins and each.level != "none"][:DRAWN]
    return [_indices(drift.shifts[:BARS]), *(_bins(each, drift) for each in moved)]


def _indices(shifts: Sequence[Shift]) -> Chart:
    names = [each.column for each in shifts][::-1]
    places = np.arange(len(names))

    def paint(axes: Any) -> None:
        colours = [COLOURS[1] if each.level != "none" else COLOURS[0] for each in shifts][::-1]
        axes.barh(places, [each.index for each in shifts][::-1], color=colours, height=0.6)
        axes.plot([each.usual for each in shifts][::-1], places, "|", color="black", markersize=12, label="usual")
        axes.axvline(LARGE, color=MUTED, linewidth=0.8, linestyle="--")
        axes.set_yticks(places, names)
        axes.set_title("Population stability index by column")
        axes.legend(loc="lower right")

    return draw(paint, f"Dashed: {LARGE:g}, from which a shift can be large.", height=0.8 + 0.24 * len(names))


def _bins(shift: Shift, drift: Drift) -> Chart:
    order = sorted(range(len(shift.bins)), key=lambda place: -max(shift.shares[place], shift.shares_before[place]))
    chosen = sorted(order[:BARS]) if shift.kind == "category" else list(range(len(shift.bins)))
    places = np.arange(len(chosen))

    def paint(axes: Any) -> None:
        for offset, values, name, colour in (
            (-0.2, shift.shares_before, drift.before, COLOURS[5]),
            (0.2, shift.shares, drift.now, COLOURS[1]),
        ):
            axes.bar(places + offset, [100 * values[place] for place in chosen], 0.4, label=name, color=colour)
        axes.set_xticks(places, [shift.bins[place][:18] for place in chosen], rotation=30, ha="right")
        axes.set_title(f"{shift.column}: % of the rows")
        axes.legend(loc="upper right")

    return draw(paint, shift.sentence)
