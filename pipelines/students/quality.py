"""Step quality: the data card, and how far the newest year is from the years before it."""

import shutil
from typing import Any

import polars as pl

from pipelines.drift import Drift, compare, section, write_figures
from pipelines.drift.page import verdict
from pipelines.report import Section, Table, render_page, write_page
from pipelines.students.tables.column_names import year_in
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

    The figures of drift are left there, too, for the API's gauges.

    Returns:
        drift: by column the stability index of the newest year against all earlier ones; drifted: the columns whose
        drift is large; alarm: whether the model uses one of them; new_columns; missing: by column the share of the
        newest year's rows without a value.
    """
    run = context.run
    table = read_gold(run.read("gold"))
    drift = drift_of(table, context.params, run.facts("bronze")["messages"])
    with run.write("quality") as (folder, facts):
        facts.update(
            drift={each.column: round(each.index, 4) for each in drift.shifts},
            drifted=drift.columns("large"),
            alarm=drift.alarm,
            new_columns=list(drift.new_columns),
            sentences=drift.sentences(),
            missing={each.column: round(each.missing, 4) for each in drift.shifts},
        )
        write_page(folder / PAGE, _page(context, table, drift))
    target = context.settings.evaluation_dir / "students"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run.folder("quality") / PAGE, target / f"{run.run_id}-{PAGE}")
    write_figures(target, drift, run.run_id)
    return facts | {"page": str(target / f"{run.run_id}-{PAGE}")}


def drift_of(table: pl.DataFrame, params: StudentsParams, messages: list[dict[str, Any]]) -> Drift:
    """How far the newest year is from the years before.

    Args:
        messages: those of bronze, which name columns that nobody knows.
    """
    aged = table.with_columns((pl.col("year") - pl.col("birth_year")).alias("age"))
    years = sorted(int(year) for year in aged["year"].unique())
    needs = {need for name in params.model.features for need in FEATURES[name].needs}
    return compare(
        aged.filter(pl.col("year") < years[-1]),
        aged.filter(pl.col("year") == years[-1]),
        names=(", ".join(map(str, years[:-1])), str(years[-1])),
        numbers=NUMBERS,
        categories=TEXTS,
        used=[*needs, *(["age"] if "birth_year" in needs else [])],
        new_columns=_new_columns(messages, years[-1]),
    )


def _new_columns(messages: list[dict[str, Any]], newest: int) -> list[str]:
    """Columns of the newest sheets that nobody knows and no earlier sheet has."""
    unknown = [(year_in(each["sheet"]), each["column"]) for each in messages if each["what"].startswith(UNKNOWN)]
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
