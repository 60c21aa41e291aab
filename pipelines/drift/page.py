"""Drift for people: a section of a page, or a page of its own."""

from collections.abc import Mapping, Sequence

from pipelines.drift.compare import Drift
from pipelines.drift.shift import FAR, LARGE, NOTABLE, Shift
from pipelines.report import Section, Table, render_page
from script_shared.plots import Plot, Series

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
    """Sentences, and a table of all columns; with charts if it is a page of its own.

    Args:
        drift: one comparison.
        charts: also draw the index of every column, and the shares of the columns that moved most.
    """
    rows = [
        (
            *(each.column, "" if each.level == "none" else each.level, each.index, each.usual, each.gap, each.effect),
            *(each.missing_before, each.missing, "yes" if each.used else ""),
        )
        for each in drift.shifts
    ]
    blocks: list[Plot | Table] = [Table(HEADER, rows)]
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
        title: heading of the page.
        subtitle: line below it, such as the run.
        drift: one comparison, or several by name; the first gives the verdict.
        more: sections after the comparisons, such as how the model performs meanwhile.
    """
    every = [drift] if isinstance(drift, Drift) else list(drift.values())
    sections = [section(each, charts=True) for each in every]
    return render_page(title, [*sections, *more], subtitle=subtitle, verdict=verdict(every[0]))


def verdict(drift: Drift) -> str:
    """One sentence: whether the new data are like those that the model learned from.

    Args:
        drift: one comparison; only columns marked as used count.
    """
    large, notable = (drift.columns(level, used=True) for level in ("large", "notable"))
    if large:
        return f"{drift.now} differs largely in columns that the model uses: {', '.join(large)}."
    if notable or drift.new_columns or drift.lost_columns:
        changed = [*notable, *drift.new_columns, *drift.lost_columns]
        return f"{drift.now} differs, but not largely in columns that the model uses: {', '.join(changed)}."
    return f"{drift.now} is as {drift.before} was in the columns that the model uses."


def _charts(drift: Drift) -> list[Plot]:
    """The index of every column beside its usual index, and the shares of the columns that moved most."""
    if not drift.shifts:
        return []
    moved = [each for each in drift.shifts if each.bins and each.level != "none"][:DRAWN]
    return [_indices(drift.shifts[:BARS]), *(_bins(each, drift) for each in moved)]


def _indices(shifts: Sequence[Shift]) -> Plot:
    series = [Series("index", [each.index for each in shifts]), Series("usual", [each.usual for each in shifts])]
    caption = f"Dashed: {LARGE:g}, from which a shift can be large."
    names = [each.column for each in shifts]
    return Plot("rows", "Population stability index by column", "column", names, series, caption, mark=LARGE)


def _bins(shift: Shift, drift: Drift) -> Plot:
    order = sorted(range(len(shift.bins)), key=lambda place: -max(shift.shares[place], shift.shares_before[place]))
    chosen = sorted(order[:BARS]) if shift.kind == "category" else list(range(len(shift.bins)))
    series = [
        Series(name, [shares[place] for place in chosen])
        for name, shares in ((drift.before, shift.shares_before), (drift.now, shift.shares))
    ]
    labels = [shift.bins[place] for place in chosen]
    return Plot("bars", f"{shift.column}: share of the rows", shift.column, labels, series, shift.sentence, "percent")
