"""ErasedUsers candidates are left out of every landing, and the runs and releases that still hold some are found."""

from functools import partial
from pathlib import Path

import polars as pl

from pipelines.erasures import count_in_releases
from pipelines.recruiting.tables.raw import file_of, read_raw
from script_shared.addresses import sqlite_file
from script_shared.events import ErasedUsers
from script_shared.recruiting.erasure import are_erased
from script_shared.recruiting.ranking.release_folder import CANDIDATES
from script_shared.recruiting.store.store import RecruitingStore
from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.storage.tables import tables_address

HOLDING = {"landing": "raw/candidates.parquet", "refined": "candidates.parquet"}  # tables that name candidates
NAMING = ("candidates", "applications")  # raw tables that do; some candidates are in applications alone


def drop_erased(folder: Path, digests: frozenset[str]) -> None:
    """Rewrite the raw tables of a landing without erased candidates and their applications.

    Args:
        folder: of the step landing.
        digests: of erased people.
    """
    for name in NAMING if digests else ():
        table = read_raw(folder, name)
        ids = table["candidate_id"].fill_null("").to_list()
        table.filter(~pl.Series(are_erased(ids, digests), dtype=pl.Boolean)).write_parquet(file_of(folder, name))


def releases_holding(releases: Releases, erased: ErasedUsers) -> dict[str, int]:
    """How many erased candidates each release holds; nothing is served of them, and they are deleted with it."""
    return count_in_releases(releases, CANDIDATES, partial(are_erased, digests=erased.digests)) if erased else {}


def erase_stored(settings: Settings, digests: frozenset[str]) -> int:
    """Delete erased candidates that are still in the service's tables, and return how many there were.

    Args:
        settings: say where the tables are.
        digests: of erased people.

    Raises:
        UnavailableError: the tables cannot be used.
    """
    address = tables_address(settings, "recruiting")
    file = sqlite_file(address)
    if not digests or (file is not None and not file.exists()):
        return 0
    store = RecruitingStore(address)
    try:
        return store.erase_candidates(partial(are_erased, digests=digests))
    finally:
        store.close()


def holds_erased(table: Path, digests: frozenset[str]) -> bool:
    """Whether a table names an erased candidate.

    Args:
        table: a parquet file with ``candidate_id``.
        digests: of erased people.
    """
    if not digests:
        return False
    ids = pl.read_parquet(table, columns=["candidate_id"], glob=False)["candidate_id"].drop_nulls().to_list()
    return any(are_erased(ids, digests))
