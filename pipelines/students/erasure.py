"""Erased students are left out of every data run, and the runs and releases that still hold some are found."""

from pathlib import Path

import polars as pl

from script_shared.arrays import IdIndex
from script_shared.events import Erased
from script_shared.releases import Releases
from script_shared.students.erasure import are_erased
from script_shared.students.release_folder import STORE

TABLE = "records.parquet"
HOLDING = dict.fromkeys(("bronze", "silver", "gold"), TABLE)  # steps whose table names students


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


def holds_erased(table: Path, digests: frozenset[str]) -> bool:
    """Whether a table names an erased student."""
    ids = pl.read_parquet(table, columns=["ra"], glob=False)["ra"].drop_nulls().to_list()
    return any(are_erased(ids, digests))
