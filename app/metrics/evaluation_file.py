"""Reads the table of evaluations that the pipelines write."""

import csv
import math
from pathlib import Path
from typing import Any

from script_shared.errors import UnavailableError

FILE = "evaluation_metrics.csv"
INTEGERS = ("cutoff", "users")
NUMBERS = ("value", "low", "high")
Row = dict[str, Any]


class EvaluationFile:
    """The table as rows, read again only when the file has changed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._stamp: tuple[int, int] | None = None
        self._rows: list[Row] = []

    def rows(self) -> list[Row]:
        """All rows, oldest first; none when nothing has been evaluated yet.

        Raises:
            UnavailableError: the file cannot be read, or is not the table it should be.
        """
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                self._rows, self._stamp = _read(self._path), stamp
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, csv.Error) as error:
            raise UnavailableError(
                f"{FILE} cannot be read ({type(error).__name__}: {error}).", fix="Run an evaluation again."
            ) from error
        return self._rows


def select(rows: list[Row], wanted: dict[str, Any], *, latest: bool) -> list[Row]:
    """The rows with the wanted values; with ``latest`` only those of the run evaluated last among them.

    Args:
        rows: of ``evaluation_metrics.csv``, as dicts.
        wanted: column to value.
        latest: only the run that was evaluated last.

    >>> rows = [{"run_id": "a", "evaluated_at": "1"}, {"run_id": "b", "evaluated_at": "2"}]
    >>> [row["run_id"] for row in select(rows, {}, latest=True)]
    ['b']
    """
    kept = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
    if latest and kept:
        newest = max(kept, key=lambda row: str(row["evaluated_at"]))["run_id"]
        kept = [row for row in kept if row["run_id"] == newest]
    return kept


def _read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return [_parse_row(row) for row in csv.DictReader(file)]


def _parse_row(row: dict[str, str]) -> Row:
    """Numbers as numbers; missing and invalid values are None."""
    if None in row or None in row.values():
        raise ValueError("a row has another number of values than the header")
    typed: Row = {"protocol": "batch", **row}  # files written before there was a replay do not say it
    for name in INTEGERS:
        typed[name] = int(float(row[name])) if row[name] else None
    for name in NUMBERS:
        value = float(row[name]) if row[name] else math.nan
        typed[name] = value if math.isfinite(value) else None
    return typed
