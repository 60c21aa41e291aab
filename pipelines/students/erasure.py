"""Erased students are left out of every data run, and the runs and releases that still hold some are found."""

import shutil
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.erasures import count_in_releases, erase_from_releases
from pipelines.runs import MANIFEST
from script_shared.events import ErasedUsers
from script_shared.releases import Releases
from script_shared.students.erasure import are_erased
from script_shared.students.release_folder import STORE
from script_shared.students.store import Store

TABLE = "records.parquet"
HOLDING = {"landing": MANIFEST, **dict.fromkeys(("bronze", "silver", "gold"), TABLE)}  # files that name students


def without_erased(records: pl.DataFrame, digests: frozenset[str]) -> pl.DataFrame:
    """The rows whose student was not erased.

    Args:
        records: with ``ra``.
        digests: of erased people.

    Returns:
        the rows that stay, in their order.
    """
    return records.filter(~pl.Series(are_erased(records["ra"].to_list(), digests), dtype=pl.Boolean))


def releases_holding(releases: Releases, erased: ErasedUsers) -> dict[str, int]:
    """How many erased students each release holds; nothing of them is served, and `maintenance` removes them."""
    return count_in_releases(releases, STORE, partial(are_erased, digests=erased.digests)) if erased else {}


def erase_from_kept(releases: Releases, erased: ErasedUsers) -> dict[str, int]:
    """Remove erased students from all releases that are kept: their ids, records, labels, risks and reasons.

    Args:
        releases: of students.
        erased: who was erased.

    Returns:
        number of students who were removed, by version.
    """
    gone = partial(are_erased, digests=erased.digests)
    return erase_from_releases(releases, STORE, gone, _erase_places) if erased else {}


def _erase_places(folder: Path, places: list[int]) -> None:
    left = Store.load(folder).without(places)
    shutil.rmtree(folder / STORE)
    left.save(folder)


def holds_erased(table: Path, digests: frozenset[str]) -> bool:
    """Whether a file of ``HOLDING`` names an erased student.

    Workbooks that a run failed to read may name anybody, so they count as naming an erased student.

    Args:
        table: of a step, or the manifest of a landing.
        digests: of erased people.
    """
    if table.name == MANIFEST:
        root, run_id = table.parents[2], table.parent.name
        return bool(digests) and not (root / "bronze" / run_id / TABLE).is_file()
    ids = pl.read_parquet(table, columns=["ra"], glob=False)["ra"].drop_nulls().to_list()
    return any(are_erased(ids, digests))
