"""Step quality: the data card of the refined tables, and how far the newest quarter is from the time before it."""

import shutil
from typing import Any

import polars as pl

from pipelines.drift import Drift, publish_drift, section
from pipelines.recruiting.drift import drifts_of
from pipelines.recruiting.tables.reading import Tables, read_tables
from pipelines.report import Section, Table, render_page, write_page
from pipelines.use_case import Context

PAGE = "data-card.html"
MOST_STATUSES = 30


def quality(context: Context) -> dict[str, Any]:
    """Read landing and refined; write quality (``data-card.html``) and copy it to ``evaluation_dir/recruiting``.

    Returns:
        missing: by column the share of rows without a value; what ``publish_drift`` returns, once there is an earlier
        quarter to compare with; page.
    """
    run = context.run
    tables = read_tables(run.read("refined"))
    drifts, missing = drifts_of(tables), missing_in(tables)
    with run.write("quality") as (folder, facts):
        facts.update(publish_drift(context, folder, drifts))
        facts["missing"] = missing
        write_page(folder / PAGE, _page(context, tables, drifts.get("long_term"), missing))
    copy = context.settings.evaluation_dir / "recruiting" / f"{run.run_id}-{PAGE}"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run.folder("quality") / PAGE, copy)
    return facts | {"page": str(copy)}


def missing_in(tables: Tables) -> dict[str, float]:
    """By column the share of rows without a value; an empty list is none."""
    found = {}
    for name, table in vars(tables).items():
        for column, kind in table.schema.items():
            empty = table[column].list.len() == 0 if isinstance(kind, pl.List) else table[column].is_null()
            found[f"{name}.{column}"] = round(float(empty.mean() or 0.0), 4) if table.height else 0.0
    return found


def _page(context: Context, tables: Tables, drift: Drift | None, missing: dict[str, float]) -> str:
    run = context.run
    landing, refined = run.facts("landing"), run.facts("refined")
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
        *([section(drift)] if drift else []),
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
