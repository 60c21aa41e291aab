"""Step quality: the data card, and how far the newest year is from the years before it."""

import shutil
from typing import Any

import polars as pl

from pipelines.drift import Drift, compare, publish_drift, section, verdict
from pipelines.report import Section, Table, render_page, write_page
from pipelines.students.tables.gold import read_gold
from pipelines.students.tables.silver import REASONS
from pipelines.use_case import Context
from script_shared.students.features import FEATURES
from script_shared.students.params import StudentsParams

PAGE = "data-card.html"
NUMBERS = ("phase", "age", "lag", "ida", "ieg", "ipv", "iaa", "ips", "ipp", "mat", "por", "ing")
TEXTS = ("gender", "school")
UNKNOWN = "is not in the column-name table"  # how bronze begins a message about a column that nobody knows


def quality(context: Context) -> dict[str, Any]:
    """Read bronze, silver and gold; write quality (``data-card.html``) and copy it to ``evaluation_dir/students``.

    The drift report (``drift.html``) and its figures are there, too.

    Returns:
        drift: by column the stability index of the newest year against all earlier ones; drifted: the columns whose
        drift is large; alarm: whether the model uses one of them; new_columns; missing: by column the share of the
        newest year's rows without a value; page, drift_page.
    """
    run = context.run
    table, params = read_gold(run.read("gold")), context.params
    messages = run.facts("bronze")["messages"]
    drifts = {
        "long_term": drift_of(table, params, messages),
        "short_term": drift_of(table, params, messages, years=1),
    }
    with run.write("quality") as (folder, facts):
        facts.update(publish_drift(context, folder, drifts))
        write_page(folder / PAGE, _page(context, table, drifts["long_term"]))
    target = context.settings.evaluation_dir / "students" / f"{run.run_id}-{PAGE}"
    shutil.copyfile(run.folder("quality") / PAGE, target)
    return facts | {"page": str(target)}


def drift_of(
    table: pl.DataFrame, params: StudentsParams, messages: list[dict[str, Any]], *, years: int | None = None
) -> Drift:
    """How far the newest year is from the years before.

    Args:
        messages: those of bronze, which name columns that nobody knows.
        years: how many of the years before; None for all.
    """
    aged = table.with_columns((pl.col("year") - pl.col("birth_year")).alias("age"))
    present = sorted(int(year) for year in aged["year"].unique())
    before, newest = present[:-1][-(years or len(present)) :], present[-1]
    needs = {need for name in params.model.features for need in FEATURES[name].needs}
    return compare(
        aged.filter(pl.col("year").is_in(before)),
        aged.filter(pl.col("year") == newest),
        names=(", ".join(map(str, before)), str(newest)),
        numbers=NUMBERS,
        categories=TEXTS,
        used=[*needs, *(["age"] if "birth_year" in needs else [])],
        new_columns=_new_columns(messages, newest),
    )


def _new_columns(messages: list[dict[str, Any]], newest: int) -> list[str]:
    """Columns of the newest sheets that nobody knows and no earlier sheet has."""
    unknown = [(each["year"], each["column"]) for each in messages if each["what"].startswith(UNKNOWN)]
    earlier = {column for year, column in unknown if year != newest}
    return [column for year, column in unknown if year == newest and column not in earlier]


def _page(context: Context, table: pl.DataFrame, drift: Drift) -> str:
    run = context.run
    landing, bronze, silver, gold = (run.facts(step) for step in ("landing", "bronze", "silver", "gold"))
    pairs = [(name, *counts.values()) for name, counts in gold["pairs"].items()]
    rejected = [(REASONS[name], count) for name, count in silver["rejected"].items()]
    sections = [
        Section(
            "Years",
            "Pairs of years teach and test: a student's year, and the status of the year after.",
            [
                Table(("year", "rows kept"), list(silver["years"].items())),
                Table(("years", "students", "left", "expected", "alert", "critical"), pairs),
            ],
        ),
        Section("Sheets", " ".join(bronze["warnings"]) or "Every column was found.", _corrections(bronze)),
        Section(
            "Rows and cells that are not used",
            "Rejected rows are in rejected.parquet of the silver step, with sheet and row.",
            [
                Table(("reason", "rows"), rejected),
                Table(("column", "cells that cannot be read"), list(silver["unreadable"].items())),
            ],
        ),
        section(drift),
    ]
    subtitle = f"Run {run.run_id} · source {landing['source']}"
    checked = f"{table.height:,} rows of {len(silver['years'])} years; every table passed its checks."
    return render_page("Students data card", sections, subtitle=subtitle, verdict=f"{checked} {verdict(drift)}")


def _corrections(bronze: dict[str, Any]) -> list[Table]:
    rows = [tuple(each.values()) for each in bronze["corrections"]]
    if not rows:
        return []
    header = ("year", "file", "sheet", "changed", "unchanged", "added", "not named any more")
    return [Table(header, rows, "Later sheets of a year that was there already.")]
