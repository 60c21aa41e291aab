"""The figures of all evaluations in one CSV: rows are added or replaced by run, and no reader sees half a file."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from script_shared.errors import InputError

NAME = "evaluation_metrics.csv"
COLUMNS = (
    "run_id", "evaluated_at", "source", "release", "model", "segment", "metric", "cutoff",
    "value", "low", "high", "users", "window_start", "window_end", "protocol",
)  # fmt: skip


def append_rows(
    path: Path, rows: Sequence[dict[str, Any]], run_id: str, *, newest_of: tuple[str, int] | None = None
) -> None:
    """Append a run's rows to the CSV; earlier rows of the run are replaced.

    A reader sees the old file or the new one. Two writers wait for each other.

    Args:
        path: of the CSV file, made when missing.
        rows: by column, see ``COLUMNS``.
        run_id: of the run that all rows are of.
        newest_of: an ending of run ids, and how many runs with it are kept: of those that a schedule adds.

    Raises:
        InputError: the file there has other columns.
    """
    import pandas as pd

    with _csv_lock(path):
        fresh = pd.DataFrame(rows, columns=list(COLUMNS))
        old = read_rows(path)
        kept = old[old["run_id"] != run_id]
        if newest_of is not None:
            ending, most = newest_of
            scheduled = [name for name in dict.fromkeys(kept["run_id"]) if name.endswith(ending)]
            kept = kept[~kept["run_id"].isin(scheduled[: max(0, len(scheduled) - most + 1)])]
        partial = path.with_name(f".{path.name}.partial")
        text = kept.to_csv(index=False) + fresh.to_csv(index=False, header=False)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)


def read_rows(path: Path) -> Any:
    """All rows as a pandas DataFrame of plain strings ("" where a figure is missing); empty when there is no file.

    Args:
        path: of ``evaluation_metrics.csv``.

    Raises:
        InputError: the file has other columns.
    """
    import pandas as pd

    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS), dtype=str)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read ({error}).", fix="Move the file elsewhere; a new one is created."
        ) from error
    if tuple(frame.columns) == COLUMNS[:-1]:  # written before there was a replay
        frame[COLUMNS[-1]] = "batch"
    if tuple(frame.columns) != COLUMNS:
        raise InputError(
            f"{path}: has the columns {', '.join(frame.columns)}.", fix="Move the file elsewhere; a new one is created."
        )
    return frame


@contextmanager
def _csv_lock(path: Path) -> Iterator[None]:
    """Hold the lock file beside ``path``; the system releases it when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
