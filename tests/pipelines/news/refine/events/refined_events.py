"""Entries of a log, refined with the files of a small site."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from pipelines.news.sources.event_log import export_events
from pipelines.use_case import Context
from script_shared.events import Entry, EventLog, Kind
from tests.pipelines.news.challenge_files import START, Reader, context_of, read, write_raw

HOUR = 3_600_000
READERS = [
    Reader("ana", [read(0, START), read(1, START + HOUR)], "Logged"),
    Reader("rui", [read(2, START + 2 * HOUR)]),
    Reader("eva", [read(0, START + 3 * HOUR), read("nobody knows it", START + HOUR)]),
]


def click(number: int, user: str, page: str, time_ms: int = START + 4 * HOUR, **body: Any) -> Entry:
    return Entry(f"click-{number}", Kind.CLICK, time_ms, user, page, body)


def post(number: int, page: str, time_ms: int = START + HOUR, **body: Any) -> Entry:
    return Entry(f"post-{number}", Kind.ARTICLE, time_ms, "", page, body)


def refined(folder: Path, *entries: Entry, erase: str = "", **raw: Any) -> tuple[dict[str, Any], Dataset, Context]:
    """Refine the readers above together with a log of these entries."""
    context = context_of(folder)
    context.settings.data_dir.mkdir(parents=True)
    log = EventLog(context.settings.events_address)
    log.append(entries)
    if erase:
        log.erase(erase)
    log.close()
    with context.run.write("raw") as (place, facts):
        write_raw(place, READERS, **raw)
        facts |= export_events(context, place)
    return refine(context), Dataset.load(context.run.read("refined")), context


def rejected(data: Dataset) -> list[tuple[str, str, str]]:
    table = pl.read_parquet(data.folder / "rejected.parquet").filter(pl.col("file") == "events")
    return table.select("user_id", "article_id", "reason").rows()
