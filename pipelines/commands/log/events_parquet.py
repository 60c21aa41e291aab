"""Writes a part of the event log as one parquet file."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from script_shared.errors import InputError
from script_shared.events import Entry
from script_shared.events.extract import plain

TEXTS = ("session", "region", "device", "os", "referrer", "section", "release", "request_id", "answer_id")
NUMBERS = ("position", "n")
SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("event_id", pa.string()),
        ("kind", pa.string()),
        ("time", pa.timestamp("ms", "UTC")),
        ("user_id", pa.string()),
        ("page", pa.string()),
        *[(name, pa.string()) for name in TEXTS],
        *[(name, pa.int32()) for name in NUMBERS],
        ("propensities", pa.list_(pa.float64())),  # of served lists with drawn places, by place
        ("list_propensity", pa.float64()),
        ("more", pa.string()),  # JSON of what has no column of its own
    ]
)
_OWN = {field.name for field in SCHEMA} - {"more"}


def write(pages: Iterable[list[Entry]], path: Path) -> int:
    """Write the entries of all pages; the file is there once it is whole.

    Returns:
        how many entries there were.

    Raises:
        InputError: there is a file already, or no folder for it.
    """
    if path.exists():
        raise InputError(f"{path}: exists already.", fix="Name another file, or remove this one.")
    partial, rows = path.with_name(f"{path.name}.partial"), 0
    try:
        with pq.ParquetWriter(partial, SCHEMA, compression="zstd") as writer:
            for page in pages:
                writer.write_table(pa.Table.from_pylist([_row(entry) for entry in page], SCHEMA))
                rows += len(page)
        partial.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}).", fix="Name another folder."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _row(entry: Entry) -> dict[str, Any]:
    flat = plain(entry)
    more = {name: value for name, value in flat.items() if name not in _OWN}
    row = {name: flat.get(name) for name in _OWN}
    return {**row, "time": entry.time_ms, "more": json.dumps(more, ensure_ascii=False) if more else None}
