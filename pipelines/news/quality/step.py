"""The data card: checks the refined tables as they are stored and shows them on one page."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.drift import publish_drift, section
from pipelines.news import columns as c
from pipelines.news.clock_choice import clock_choice
from pipelines.news.dataset import Dataset
from pipelines.news.quality.charts import charts_of
from pipelines.news.quality.drift import drifts_of
from pipelines.news.quality.segments import PORTION_COLUMNS, segment_portions
from pipelines.news.quality.site import site_section
from pipelines.news.site import settle_params, site_of
from pipelines.news.tables import check, table_path
from pipelines.report import Section, Table, render_page, write_page
from pipelines.use_case import Context
from script_shared.clock import ClockChoice

PAGE = "data-card.html"
TABLES = ("users", "articles", "interactions", "validation", "rejected")


def quality(context: Context) -> dict[str, Any]:
    """Check the run's refined tables and write the data card.

    The page is ``data-card.html`` in the step's folder, with a copy in the evaluation folder. The drift report
    (``drift.html``) and its figures are there, too, once there is an earlier window to compare with.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step: ``interactions``, ``rejected_share`` (0 to 1), ``shares`` of users and reads by segment (0 to
        1), ``page``, and what ``publish_drift`` says.

    Raises:
        InputError: a stored table breaks a rule; names table, column and count.
        RunError: the run is not refined.
    """
    run = context.run
    folder, refined = run.read("refined"), run.facts("refined")
    data = Dataset.load(folder)
    with (
        ThreadPoolExecutor(1) as thread,  # most of the work releases the GIL
        context.run.write("quality") as (output, facts),
    ):
        charts = thread.submit(charts_of, data, refined)
        sizes = _check_stored(folder, data, run.run_id)
        facts |= _facts(refined, data)
        clock = clock_choice(context, data.end_ms)
        drifts = drifts_of(context, data)
        facts |= publish_drift(context, output, drifts)
        sections = [_tables(sizes, refined), site_section(site_of(context), settle_params(context).params)]
        sections += [_times(refined, clock), *charts.result(), _portions(data, refined)]
        sections += [section(drifts["long_term"])] if drifts else []
        write_page(output / PAGE, _page(run.run_id, refined, sections))
    copy = context.settings.evaluation_dir / "news" / f"{run.run_id}-{PAGE}"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run.folder("quality") / PAGE, copy)
    return {"page": str(copy)} | facts


def _check_stored(folder: Path, data: Dataset, run_id: str) -> list[tuple[str, int, float]]:
    """Check every table that is there; returns (name, rows, megabytes)."""
    numbers = {c.USER: data.n_users, c.ARTICLE: data.n_articles}
    found = []
    for name in TABLES:
        path = table_path(folder, name)
        if path.is_file():
            table = pl.scan_parquet(path, glob=False)
            check(name, table, run_id, sizes=numbers if name in ("interactions", "validation") else None)
            found.append((name, int(table.select(pl.len()).collect().item()), path.stat().st_size / 1e6))
    return found


def _facts(refined: dict[str, Any], data: Dataset) -> dict[str, Any]:
    portions = {row[0]: {"users": row[2] / 100, "reads": row[4] / 100} for row in segment_portions(data)}
    rows = refined["input_rows"]
    return {
        "interactions": len(data.interactions),
        "rejected_share": refined["rejected_rows"] / rows if rows else 0.0,
        "shares": portions,
    }


def _page(run_id: str, refined: dict[str, Any], sections: list[Section]) -> str:
    kept, rows = refined["interactions"], refined["input_rows"]
    share = kept / rows if rows else 0.0
    window = f"{str(refined['first'])[:16]} to {str(refined['last'])[:16]} UTC"
    verdict = f"{kept:,} of {rows:,} interactions were kept ({share:.1%}); every table passed its checks."
    subtitle = f"Run {run_id} · source {refined['source']} · {window}"
    return render_page("News data card", sections, subtitle=subtitle, verdict=verdict)


def _tables(sizes: list[tuple[str, int, float]], refined: dict[str, Any]) -> Section:
    clipped = [[name, count] for name, count in refined["clipped_values"].items()]
    blocks = [Table(["table", "rows", "MB on disk"], [list(row) for row in sizes])]
    if clipped:
        blocks.append(Table(["quantity", "values cut to the maximum"], clipped, "The params file holds the limits."))
    return Section("Tables", f"What the run holds after refining, as stored.{_of_the_log(refined)}", blocks)


def _times(refined: dict[str, Any], clock: ClockChoice) -> Section:
    """Begin and end of the data, the reads outside, and the clock of the release."""
    if not refined["interactions"]:
        return Section("Time", "No interaction was kept, so the data has no end.", [])
    text = f"The last read is of {str(refined.get('data_end') or refined['last'])[:19]} UTC. {clock.why}"
    if rows := refined.get("ahead_rows", 0):
        users, examples = refined["ahead_users"], "; ".join(refined["ahead_examples"])
        text += f" {rows:,} reads of {users:,} users lie ahead of that and were rejected (time_ahead): {examples}."
    if rows := refined.get("behind_rows", 0):
        users, examples = refined["behind_users"], "; ".join(refined["behind_examples"])
        begin = str(refined["data_begin"])[:19]
        text += f" The data begins at {begin}; {rows:,} reads of {users:,} users lie before that and were rejected "
        text += f"(time_behind): {examples}."
    return Section("Time", text, [])


def _of_the_log(refined: dict[str, Any]) -> str:
    """A sentence about the event log's part, "" where it has none."""
    clicks, articles, erased = (
        refined.get(name, 0) for name in ("events_clicks", "events_articles", "erased_left_out")
    )
    if not (clicks or articles or erased):
        return ""
    left_out = f"{erased:,} erased users of the files were left out"
    return f" From the event log: {clicks:,} interactions, {articles:,} posted articles; {left_out}."


def _portions(data: Dataset, refined: dict[str, Any]) -> Section:
    simulated = refined.get("login_flag") == "simulated"
    note = "This source has no login flag: who counts as logged in is simulated." if simulated else ""
    return Section("Segments in numbers", note, [Table(PORTION_COLUMNS, segment_portions(data))])
