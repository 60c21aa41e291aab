"""The exported tables of the event log: where they are in a raw run, and how they are written in bounded memory."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c

FOLDER = "events"
SEQ, TIME_MS, SAID, DIGEST = "seq", "time_ms", "said", "digest"
BELIEF, QUARANTINED = "belief", "quarantined"  # how much a click counts for everybody; whether it was found bad
POST_TEXTS = ("title", "url", "text", c.SECTION, c.REGION)
ISSUED_MS, HIDDEN, TAKEN_DOWN = "issued_ms", "hidden", "taken_down"
POST_FIELDS = (*POST_TEXTS, ISSUED_MS, HIDDEN, TAKEN_DOWN)
TYPES: dict[str, dict[str, pl.DataType]] = {
    "event_clicks": {
        SEQ: pl.Int64(),
        TIME_MS: pl.Int64(),
        **dict.fromkeys((c.USER_ID, c.ARTICLE_ID, c.SESSION, c.REGION, c.DEVICE), pl.String()),
        BELIEF: pl.Float32(),
        QUARANTINED: pl.Boolean(),
    },
    "event_posts": {
        SEQ: pl.Int64(),
        TIME_MS: pl.Int64(),
        c.ARTICLE_ID: pl.String(),
        SAID: pl.List(pl.String),
        **dict.fromkeys(POST_TEXTS, pl.String()),
        ISSUED_MS: pl.Int64(),
        HIDDEN: pl.Boolean(),
        TAKEN_DOWN: pl.Boolean(),
    },
    "event_logins": {SEQ: pl.Int64(), **dict.fromkeys((c.USER_ID, c.SESSION), pl.String())},
    "event_left_out": {SEQ: pl.Int64()},
    "erased": {DIGEST: pl.String()},
}
ROWS = {
    "event_clicks": 200_000,
    "event_posts": 5_000,
    "event_logins": 200_000,
    "event_left_out": 1_000_000,
    "erased": 1_000_000,
}  # of one file


class Parts:
    """Writes one table in numbered files, so that memory holds one of them at most."""

    def __init__(self, raw: Path, table: str) -> None:
        self._folder, self._table = raw / FOLDER / table, table
        self._rows: list[tuple[Any, ...]] = []
        self._files = 0
        self.rows = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Add a row, its values in the order of the table's columns."""
        self._rows.append(row)
        self.rows += 1
        if len(self._rows) >= ROWS[self._table]:
            self._write()

    def close(self) -> None:
        """Write the remaining rows; a table without rows has one empty file."""
        if self._rows or not self._files:
            self._write()

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._files += 1
        frame = pl.DataFrame(self._rows, schema=TYPES[self._table], orient="row")
        frame.write_parquet(self._folder / f"part{self._files:05d}.parquet")
        self._rows.clear()


def scan_part(raw: Path, table: str) -> pl.LazyFrame:
    """An exported table in the log's order; empty where nothing was exported.

    Args:
        raw: folder of the run's raw data.
        table: ``event_clicks``, or another name of ``TYPES``.

    Returns:
        lazy, with the columns and types of ``TYPES[table]``.
    """
    files = sorted((raw / FOLDER / table).glob("part*.parquet"))
    if not files:
        return pl.LazyFrame(schema=TYPES[table])
    found = pl.scan_parquet(files, glob=False)
    if table != "event_clicks" or BELIEF in found.collect_schema():
        return found
    believed = (pl.lit(1.0, pl.Float32).alias(BELIEF), pl.lit(value=False).alias(QUARANTINED))
    return found.with_columns(believed)  # exported by an earlier version
