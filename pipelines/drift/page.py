"""Drift for people: a section of a page, or a page of its own."""

from pipelines.drift.compare import FAR, LARGE, NOTABLE, Drift
from pipelines.report import Section, Table, render_page

HEADER = ("column", "", "index", "distance", "effect", "missing before", "missing", "used by the model")
READING = (
    f"Population stability index: above {NOTABLE:g} notable, above {LARGE:g} large where the distance or the change of "
    f"missing values is {FAR:g} or more; an index that chance may give is not marked. Distance is "
    "Kolmogorov-Smirnov's. Effect is the change of the mean in standard deviations, for categories Cramér's V."
)


def section(drift: Drift) -> Section:
    """Sentences, and a table of all columns."""
    rows = [
        (
            *(each.column, "" if each.level == "none" else each.level, each.index, each.gap, each.effect),
            *(each.missing_before, each.missing, "yes" if each.used else ""),
        )
        for each in drift.shifts
    ]
    text = " ".join([*drift.sentences(), READING])
    return Section(f"{drift.now} beside {drift.before}", text, [Table(HEADER, rows)])


def page(drift: Drift, title: str, subtitle: str) -> str:
    """The page as HTML text."""
    return render_page(title, [section(drift)], subtitle=subtitle, verdict=verdict(drift))


def verdict(drift: Drift) -> str:
    """One sentence: whether the new data are like those that the model learned from."""
    large, notable = (drift.columns(level, used=True) for level in ("large", "notable"))
    if large:
        return f"{drift.now} differs largely in columns that the model uses: {', '.join(large)}."
    if notable or drift.new_columns or drift.lost_columns:
        changed = [*notable, *drift.new_columns, *drift.lost_columns]
        return f"{drift.now} differs, but not largely in columns that the model uses: {', '.join(changed)}."
    return f"{drift.now} is as {drift.before} was in the columns that the model uses."
