"""Erased students are left out of every data run, and the runs and releases that still hold some are found."""

from pathlib import Path

import polars as pl

from pipelines.runs import remove
from script_shared.arrays import IdIndex
from script_shared.events import Erased, EventLog
from script_shared.events.address import log_exists
from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.students.erasure import are_erased
from script_shared.students.release_folder import STORE

TABLE = "records.parquet"
HOLDING = ("bronze", "silver", "gold")  # steps whose table names students


def erased_digests(settings: Settings) -> frozenset[str]:
    """Digests of all who were erased; empty before there is an event log.

    Raises:
        UnavailableError: the log cannot be read; a run that went on would bring erased students back.
    """
    if not log_exists(settings.events_address):
        return frozenset()
    log = EventLog(settings.events_address)
    try:
        return frozenset(log.erased())
    finally:
        log.close()


def without_erased(records: pl.DataFrame, digests: frozenset[str]) -> pl.DataFrame:
    """The rows whose student was not erased."""
    return records.filter(~pl.Series(are_erased(records["ra"].to_list(), digests), dtype=pl.Boolean))


def releases_holding(releases: Releases, erased: Erased) -> dict[str, int]:
    """How many erased students each release holds; nothing is served of them, and they go with the release."""
    found = {}
    for version in releases.versions() if erased else ():
        ids = IdIndex.load(releases.fetch(version) / STORE, "ids").ids.tolist()
        if count := sum(are_erased(ids, erased.digests)):
            found[version] = count
    return found


def remove_runs_holding(root: Path, runs: list[str], digests: frozenset[str]) -> list[str]:
    """Remove runs, workbooks included, whose tables hold an erased student; the next data run is made without."""
    removed = []
    for run in runs if digests else ():
        tables = [root / step / run / TABLE for step in HOLDING]
        if any(_holds(table, digests) for table in tables if table.is_file()):
            for step in root.glob("[!.]*"):
                remove(step / run)
            removed.append(run)
    return removed


def _holds(table: Path, digests: frozenset[str]) -> bool:
    ids = pl.read_parquet(table, columns=["ra"], glob=False)["ra"].drop_nulls().to_list()
    return any(are_erased(ids, digests))
