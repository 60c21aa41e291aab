"""The report of an experiment as a page."""

from datetime import UTC, datetime

from pipelines.experiments.figures import RATES, Figures
from pipelines.experiments.tally import ALL
from pipelines.experiments.verdict import verdict
from pipelines.report import Section, Table, render_page

RATE = ("variant", "metric", "users", "answers", "value", "low", "high", "difference", "worst", "best")
FACTS = ("variant", "users", "answers", "share", "variety", "median ms", "p99 ms", "fallback")
READING = (
    "The intervals hold at all looks and for all variants together with 95 %, so you may look and stop at any time. "
    "Users are the unit: all answers of a user count as one observation."
)
ABOUT_FACTS = (
    "Variety is the effective number of articles shown. Fallback is the share of answers that the release in service "
    "gave because the variant could not."
)
WAYS = {
    "split": "Each user gets the lists of one variant.",
    "interleaving": "Each list has articles of both variants (team draft); a click counts for the one that placed it.",
    "shadow": "The variant makes lists that nobody gets; its hits are counted beside those of the served lists.",
}


def page(figures: Figures) -> str:
    """The page as HTML text, with the verdict first."""
    stored = figures.experiment
    about = " ".join(filter(None, [stored.experiment.about, WAYS[stored.experiment.way], READING]))
    groups = list(dict.fromkeys(figure.group for figure in figures.rates))
    sections = [
        Section("All users", about, [_rates(figures, ALL)]),
        Section("Variants", ABOUT_FACTS, [_facts(figures)]),
    ]
    sections += [Section(f"Segment {group}", "", [_rates(figures, group)]) for group in groups if group != ALL]
    title = f"Experiment {stored.name}"
    return render_page(title, sections, subtitle=_subtitle(figures), verdict=verdict(figures))


def _rates(figures: Figures, group: str) -> Table:
    metrics = [*RATES, *{figure.metric for figure in figures.rates} - set(RATES)]
    rows = [
        (
            *(f.variant or "both", f.metric.replace("_", " "), f.users, f.answers),
            *(f.value, f.low, f.high, f.difference, f.worst, f.best),
        )
        for metric in metrics
        for f in figures.rates
        if f.group == group and f.metric == metric
    ]
    return Table(RATE, rows, "Difference, worst and best compare with the first variant.")


def _facts(figures: Figures) -> Table:
    rows = [
        (
            f.variant + (" (stopped)" if f.stopped else "") or "both",
            *(f.users, f.answers, f.share, f.variety, f.p50_ms, f.p99_ms, f.fallback),
        )
        for f in figures.facts
    ]
    text = (
        ""
        if figures.mismatch != figures.mismatch
        else f"Division of the users by the shares: p = {figures.mismatch:.2g}."
    )
    return Table(FACTS, rows, text)


def _subtitle(figures: Figures) -> str:
    stored = figures.experiment
    state = f"{stored.experiment.use_case}, version {stored.version}, {stored.state}"
    if not figures.last_ms:
        return state
    return f"{state}; lists of {_time(figures.first_ms)} to {_time(figures.last_ms)} UTC"


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
