"""Step quality: the data card of the refined tables, and how far the newest quarter is from the time before it."""

import shutil
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from pipelines.measures.stability import index
from pipelines.recruiting.tables.reading import Tables, read_tables
from pipelines.report import Section, Table, render_page, write_page
from pipelines.use_case import Context

PAGE = "data-card.html"
NEWEST_DAYS = 90
KINDS = {"vacancies": ("level", "academic", "english", "state"), "applications": ("status",)}
DAYS = {"vacancies": "asked_on", "applications": "applied_on"}
NOTABLE, LARGE = 0.1, 0.25  # of the population stability index
MOST_STATUSES = 30


def quality(context: Context) -> dict[str, Any]:
    """Read landing and refined; write quality (``data-card.html``) and copy it to ``evaluation_dir/recruiting``.

    Returns:
        drift: by column the stability index of the newest quarter against the time before; drifted: the columns whose
        index is large; missing: by column the share of rows without a value.
    """
    run = context.run
    tables = read_tables(run.read("refined"))
    drift, missing = drift_of(tables), missing_in(tables)
    with run.write("quality") as (folder, facts):
        facts.update(drift=drift, drifted=[name for name, value in drift.items() if value > LARGE], missing=missing)
        write_page(folder / PAGE, _page(context, tables, drift, missing))
    copy = context.settings.evaluation_dir / "recruiting" / f"{run.run_id}-{PAGE}"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run.folder("quality") / PAGE, copy)
    return facts | {"page": str(copy)}


def drift_of(tables: Tables) -> dict[str, float]:
    """By column the population stability index of the newest quarter; a missing value is a value too."""
    found = {}
    for name, kinds in KINDS.items():
        table: pl.DataFrame = getattr(tables, name)
        newest = table[DAYS[name]].max()
        if not isinstance(newest, date):
            continue
        cut = pl.col(DAYS[name]) > newest - timedelta(days=NEWEST_DAYS)
        now, before = table.filter(cut), table.filter(~cut)
        for kind in kinds if before.height else ():
            found[f"{name}.{kind}"] = round(index(*_shares(before[kind], now[kind])), 4)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def missing_in(tables: Tables) -> dict[str, float]:
    """By column the share of rows without a value; an empty list is none."""
    found = {}
    for name, table in vars(tables).items():
        for column, kind in table.schema.items():
            empty = table[column].list.len() == 0 if isinstance(kind, pl.List) else table[column].is_null()
            found[f"{name}.{column}"] = round(float(empty.mean() or 0.0), 4) if table.height else 0.0
    return found


def _shares(before: pl.Series, now: pl.Series) -> tuple[Any, Any]:
    names = sorted({*before.drop_nulls().unique(), *now.drop_nulls().unique()})

    def shares(column: pl.Series) -> Any:
        counts = dict(column.drop_nulls().value_counts().iter_rows())
        return np.array([*(counts.get(name, 0) for name in names), column.null_count()]) / max(len(column), 1)

    return shares(before), shares(now)


def _page(context: Context, tables: Tables, drift: dict[str, float], missing: dict[str, float]) -> str:
    run = context.run
    landing, refined = run.facts("landing"), run.facts("refined")
    words = {name: "large" if value > LARGE else "notable" if value > NOTABLE else "" for name, value in drift.items()}
    statuses = tables.applications.group_by("status", "grade").len().sort("len", descending=True).head(MOST_STATUSES)
    rows = [
        (status or "(none)", "undecided" if grade is None else grade, count) for status, grade, count in statuses.rows()
    ]
    sections = [
        Section(
            "Applications by status",
            "The grade is the relevance that the rankings learn from.",
            [Table(("status", "grade", "applications"), rows)],
        ),
        Section(
            "Rows that are not used",
            "Rejected rows are in rejected.parquet of the refined tables, with table and row.",
            [Table(("table and reason", "rows"), list(refined["rejected"].items()))],
        ),
        Section(
            f"The newest {NEWEST_DAYS} days compared with the time before",
            "Population stability index: above 0.1 notable, above 0.25 large.",
            [Table(("column", "index", ""), [(name, value, words[name]) for name, value in drift.items()])],
        ),
        Section(
            "Missing values",
            "Share of rows without a value.",
            [Table(("column", "share"), [(name, value) for name, value in missing.items() if value])],
        ),
        Section("Personal data", PERSONAL, []),
    ]
    counts = f"{tables.vacancies.height:,} vacancies, {tables.candidates.height:,} candidates, "
    verdict = f"{counts}{tables.applications.height:,} applications; every table passed its checks."
    subtitle = f"Run {run.run_id} · source {landing['source']}"
    return render_page("Recruiting data card", sections, subtitle=subtitle, verdict=verdict)


PERSONAL = (
    "Names, e-mail addresses, phones, documents, addresses, birth dates, gender and marital status are dropped when "
    "files are read, and removed from CVs by rules. Clients are pseudonyms."
)
