"""ErasedUsers students are left out of every data run, and the runs and releases that still hold some are found."""

from functools import partial
from pathlib import Path

import polars as pl

from pipelines.erasures import count_in_releases
from script_shared.events import ErasedUsers
from script_shared.releases import Releases
from script_shared.students.erasure import are_erased
from script_shared.students.release_folder import STORE

TABLE = "records.parquet"
HOLDING = dict.fromkeys(("bronze", "silver", "gold"), TABLE)  # steps whose table names students


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
    """How many erased students each release holds; nothing is served of them, and they go with the release."""
    return count_in_releases(releases, STORE, partial(are_erased, digests=erased.digests)) if erased else {}


def holds_erased(table: Path, digests: frozenset[str]) -> bool:
    """Whether a table names an erased student."""
    ids = pl.read_parquet(table, columns=["ra"], glob=False)["ra"].drop_nulls().to_list()
    return any(are_erased(ids, digests))
