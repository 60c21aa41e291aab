"""Step quality: the data card, and how far the newest year is from the years before it."""

import shutil
from typing import Any

import numpy as np
import polars as pl

from pipelines.measures.stability import index
from pipelines.report import Section, Table, render_page, write_page
from pipelines.students.tables.gold import read_gold
from pipelines.students.tables.silver import REASONS
from pipelines.use_case import Context
from script_shared.arrays import FloatArray

PAGE = "data-card.html"
NUMBERS = ("phase", "lag", "ida", "ieg", "ipv", "iaa", "ips", "ipp", "mat", "por", "ing")
TEXTS = ("gender", "school")
BINS = 10
NOTABLE, LARGE = 0.1, 0.25  # of the population stability index


def quality(context: Context) -> dict[str, Any]:
    """Read bronze, silver and gold; write quality (``data-card.html``) and copy it to ``evaluation_dir/students``.

    Returns:
        drift: by column the stability index of the newest year against all earlier ones; drifted: the columns whose
        index is large; missing: by column the share of the newest year's rows without a value.
    """
    run = context.run
    table = read_gold(run.read("gold"))
    drift = drift_of(table)
    newest = table.filter(pl.col("year") == table["year"].max())
    missing = {name: round(newest[name].null_count() / newest.height, 4) for name in (*NUMBERS, *TEXTS)}
    with run.write("quality") as (folder, facts):
        facts.update(drift=drift, drifted=[name for name, value in drift.items() if value > LARGE], missing=missing)
        write_page(folder / PAGE, _page(context, table, drift, missing))
    copy = context.settings.evaluation_dir / "students" / f"{run.run_id}-{PAGE}"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run.folder("quality") / PAGE, copy)
    return facts | {"page": str(copy)}


def drift_of(table: pl.DataFrame) -> dict[str, float]:
    """By column the population stability index of the newest year against the years before; missing is a bin too."""
    newest = table["year"].max()
    now, before = table.filter(pl.col("year") == newest), table.filter(pl.col("year") < newest)
    found = {name: index(*_number_shares(before[name], now[name])) for name in NUMBERS}
    found |= {name: index(*_text_shares(before[name], now[name])) for name in TEXTS}
    return {name: round(value, 4) for name, value in sorted(found.items(), key=lambda pair: -pair[1])}


def _number_shares(before: pl.Series, now: pl.Series) -> tuple[FloatArray, FloatArray]:
    known = before.drop_nulls().cast(pl.Float64).to_numpy()
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.zeros(0)

    def shares(column: pl.Series) -> FloatArray:
        values = column.drop_nulls().cast(pl.Float64).to_numpy()
        counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
        return np.append(counts, column.null_count()) / max(len(column), 1)

    return shares(before), shares(now)


def _text_shares(before: pl.Series, now: pl.Series) -> tuple[FloatArray, FloatArray]:
    names = sorted({*before.drop_nulls().unique(), *now.drop_nulls().unique()})

    def shares(column: pl.Series) -> FloatArray:
        counts = [int((column == name).sum()) for name in names]
        return np.append(counts, column.null_count()) / max(len(column), 1)

    return shares(before), shares(now)


def _page(context: Context, table: pl.DataFrame, drift: dict[str, float], missing: dict[str, float]) -> str:
    run = context.run
    landing, bronze, silver, gold = (run.facts(step) for step in ("landing", "bronze", "silver", "gold"))
    pairs = [(name, *counts.values()) for name, counts in gold["pairs"].items()]
    rejected = [(REASONS[name], count) for name, count in silver["rejected"].items()]
    words = {name: "large" if value > LARGE else "notable" if value > NOTABLE else "" for name, value in drift.items()}
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
        Section(
            "The newest year beside the years before",
            "Population stability index: above 0.1 notable, above 0.25 large.",
            [Table(("column", "index", "", "missing"), [(n, i, words[n], missing[n]) for n, i in drift.items()])],
        ),
    ]
    subtitle = f"Run {run.run_id} · source {landing['source']}"
    verdict = f"{table.height:,} rows of {len(silver['years'])} years; every table passed its checks."
    return render_page("Students data card", sections, subtitle=subtitle, verdict=verdict)


def _corrections(bronze: dict[str, Any]) -> list[Table]:
    rows = [tuple(each.values()) for each in bronze["corrections"]]
    if not rows:
        return []
    header = ("year", "file", "sheet", "changed", "unchanged", "added", "not named any more")
    return [Table(header, rows, "Later sheets of a year that was there already.")]
