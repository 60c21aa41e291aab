"""Erased candidates are left out of every landing, and the runs and releases that still hold some are found."""

from pathlib import Path

import orjson
import polars as pl

from pipelines.recruiting.tables.raw import file_of, read_raw
from script_shared.events import Erased
from script_shared.recruiting.erasure import are_erased
from script_shared.recruiting.release_folder import CANDIDATES
from script_shared.releases import Releases

HOLDING = {"landing": "raw/candidates.parquet", "refined": "candidates.parquet"}  # tables that name candidates
NAMING = ("candidates", "applications")  # raw tables that do; some candidates are in applications alone


def drop_erased(folder: Path, digests: frozenset[str]) -> None:
    """Rewrite the raw tables of a landing without erased candidates and their applications."""
    for name in NAMING if digests else ():
        table = read_raw(folder, name)
        ids = table["candidate_id"].fill_null("").to_list()
        table.filter(~pl.Series(are_erased(ids, digests), dtype=pl.Boolean)).write_parquet(file_of(folder, name))


def releases_holding(releases: Releases, erased: Erased) -> dict[str, int]:
    """How many erased candidates each release holds; nothing is served of them, and they are deleted with it."""
    found = {}
    for version in releases.versions() if erased else ():
        with (releases.fetch(version) / CANDIDATES).open("rb") as lines:
            ids = [str(orjson.loads(line)["candidate_id"]) for line in lines]
        if count := sum(are_erased(ids, erased.digests)):
            found[version] = count
    return found


def holds_erased(table: Path, digests: frozenset[str]) -> bool:
    """Whether a table names an erased candidate."""
    if not digests:
        return False
    ids = pl.read_parquet(table, columns=["candidate_id"], glob=False)["candidate_id"].drop_nulls().to_list()
    return any(are_erased(ids, digests))
