"""What people added or changed in the service, put over the raw tables of the files."""

from typing import Any

import polars as pl

from pipelines.erasures import erased_digests
from pipelines.recruiting.tables.raw import COLUMNS
from script_shared.addresses import sqlite_file
from script_shared.recruiting.erasure import are_erased
from script_shared.recruiting.store.store import KEYS, RecruitingStore, StoredRow
from script_shared.settings import Settings
from script_shared.storage.tables import tables_address

YES, NO = "Sim", "Não"
Tables = dict[str, pl.DataFrame]


def with_stored(raw: Tables, settings: Settings) -> tuple[Tables, int]:
    """The raw tables with the stored rows in place of those of the same ids, and how many there are.

    Raises:
        UnavailableError: the tables of the service cannot be read.
    """
    rows = _read_rows(settings)
    return {name: _over(name, table, [each for each in rows if each.kind == name]) for name, table in raw.items()}, len(
        rows
    )


def _read_rows(settings: Settings) -> list[StoredRow]:
    """All rows but those of erased candidates; none before the service has made its tables."""
    address = tables_address(settings, "recruiting")
    file = sqlite_file(address)
    if file is not None and not file.exists():
        return []
    store = RecruitingStore(address)
    try:
        rows = store.since(0)
    finally:
        store.close()
    gone = are_erased([str(each.record.get("candidate_id", "")) for each in rows], erased_digests(settings))
    return [row for row, erased in zip(rows, gone, strict=True) if not erased]


def _over(name: str, table: pl.DataFrame, rows: list[StoredRow]) -> pl.DataFrame:
    if not rows:
        return table
    key = list(KEYS[name])
    schema = dict.fromkeys(COLUMNS[name], pl.String)
    changed = pl.DataFrame([_texts(each.record, name) for each in rows], schema=schema)
    kept = [not each.removed for each in rows]
    return pl.concat([table.join(changed, on=key, how="anti"), changed.filter(pl.Series(kept, dtype=pl.Boolean))])


def _texts(record: dict[str, Any], name: str) -> dict[str, str | None]:
    """A record in the texts of a raw table."""
    return {column: _text(record.get(column)) for column in COLUMNS[name]}


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return YES if value else NO
    return ", ".join(value) if isinstance(value, list) else value
