"""Source ``globo_clicks``: one parquet file of portal clicks, copied into the run as clicks.parquet."""

import hashlib
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.raw_files.given_path import given_path, stamp
from pipelines.raw_files.links import copy_file
from pipelines.use_case import Context
from script_shared.errors import InputError

WHAT = "the parquet file of clicks"
FILE = "clicks.parquet"
BESIDE = (
    Path(__file__).parents[4] / "shared" / "data" / "globo_clicks" / "clicks_2017-10-01_13.parquet"
)  # beside the checkout
COLUMNS = (
    "user_id",
    "session_id",
    "session_start",
    "session_size",
    "click_article_id",
    "click_timestamp",
    "click_deviceGroup",
    "click_region",
)


def fingerprint(context: Context) -> str:
    """Name, size and time of the file."""
    path = given_path(context, WHAT, BESIDE)
    return "globo_clicks:" + hashlib.sha256(f"{path.name} {stamp(path)}".encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Check the file's layout and copy it into the folder.

    Raises:
        InputError: it is no parquet file, lacks a column, holds another type, or is empty.
    """
    path = given_path(context, WHAT, BESIDE)
    rows = check_clicks(path)
    copy_file(path, folder / FILE)
    return {"source_path": str(path.resolve()), "clicks": rows}


def check_clicks(path: Path) -> int:
    """The number of rows of a well-formed file of clicks.

    Raises:
        InputError: see ``fetch``.
    """
    try:
        clicks = pl.scan_parquet(path, glob=False)
        schema = clicks.collect_schema()
        rows: int = clicks.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path}: cannot be read as parquet ({_first_line(error)}).", fix=f"Name {WHAT}.") from error
    missing = [name for name in COLUMNS if name not in schema]
    if missing:
        raise InputError(f"{path}: columns are missing: {', '.join(missing)}.", fix=f"Name {WHAT}.")
    wrong = [f"{name} ({schema[name]})" for name in COLUMNS if not schema[name].is_integer()]
    if wrong:
        raise InputError(f"{path}: columns should be integers: {', '.join(wrong)}.", fix="Cast them, then run again.")
    if not rows:
        raise InputError(f"{path}: holds no clicks.", fix=f"Name {WHAT}.")
    return rows


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
