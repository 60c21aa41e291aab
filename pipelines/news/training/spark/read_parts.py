"""The reads of a run, split into files twice: by user, so that one file has all reads of a user, and by article."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.spark.columns import PLACE
from pipelines.spark.session import parts_of
from pipelines.spark.tables import KIND, Columns, run_tasks, to_polars

SLICE = 1_000_000  # reads that a task copies
BY_USER, BY_ARTICLE = "by_user", "by_article"
COPIED: dict[str, pl.DataType] = {
    c.USER: pl.Int64(),
    c.ARTICLE: pl.Int64(),
    c.TIMESTAMP: pl.Int64(),
    **{name: pl.Float32() for name in (*c.QUANTITIES, c.ENGAGEMENT)},
    PLACE: pl.Int64(),
}
OF_ARTICLES = (c.USER, c.ARTICLE, c.TIMESTAMP, c.ENGAGEMENT, PLACE)
PartAct = Callable[[pl.DataFrame], Iterable[pl.DataFrame]]


@dataclass(frozen=True)
class CopyTask:
    """Copies one slice of the reads, with their row numbers.

    Attributes:
        file: the table of interactions.
        rows: of one slice.
    """

    file: Path
    rows: int

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """One table."""
        begin = number * self.rows
        table = pl.scan_parquet(self.file, glob=False).select(name for name in COPIED if name != PLACE)
        filled = (pl.col(pl.Float32).fill_null(0.0), pl.col(c.TIMESTAMP).to_physical())
        rows = table.slice(begin, self.rows).with_columns(*filled).collect()
        places = pl.int_range(begin, begin + rows.height, dtype=pl.Int64, eager=True)
        yield rows.with_columns(places.alias(PLACE))


@dataclass(frozen=True)
class PartTask:
    """Calls a function with the reads of one file, sorted by time.

    Attributes:
        files: of all parts.
        first_ms, last_ms: earlier and later reads are left out; epoch milliseconds, UTC.
        act: must be importable where the tasks run.
    """

    files: tuple[Path, ...]
    first_ms: int
    last_ms: int
    act: PartAct

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """The result of the function for one part; nothing for a part without reads."""
        table = pl.scan_parquet(self.files[number], glob=False)
        rows = table.filter(pl.col(c.TIMESTAMP).is_between(self.first_ms, self.last_ms)).sort(PLACE).collect()
        if rows.height:
            yield from self.act(rows)


@dataclass(frozen=True)
class ReadParts:
    """The files of a run's reads, and how tasks read them.

    Attributes:
        session: of Spark.
        interactions: the table of all reads, sorted by time.
        folder: for files between two stages, on a disk that every machine shares.
        files: the parts of ``BY_USER`` and of ``BY_ARTICLE``.
    """

    session: Any
    interactions: Path
    folder: Path
    files: dict[str, tuple[Path, ...]]
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, session: Any, interactions: Path, folder: Path) -> "ReadParts":
        """Split the reads of a run into files.

        Args:
            session: of Spark.
            interactions: the table, on a disk that every machine shares.
            folder: new or empty, on such a disk.
        """
        rows = pl.scan_parquet(interactions, glob=False).select(pl.len()).collect().item()
        copies = run_tasks(session, -(-rows // SLICE), CopyTask(interactions, SLICE), {KIND: pl.String(), **COPIED})
        parts = parts_of(session, rows)
        tables = {BY_USER: (c.USER, copies.drop(KIND)), BY_ARTICLE: (c.ARTICLE, copies.select(*OF_ARTICLES))}
        for name, (column, table) in tables.items():
            table.repartition(parts, column).write.parquet(str(folder / name))
        return cls(session, interactions, folder, {name: _parquet(folder / name) for name in tables})

    def table(self, parts: str, act: PartAct, columns: Columns, last_ms: int, first_ms: int = 0) -> Any:
        """The results of a function for all parts, as one Spark table that is not computed yet.

        Args:
            parts: ``BY_USER`` or ``BY_ARTICLE``.
            act: gets the reads of a part, sorted by time; it must be importable where the tasks run.
            columns: names and types of the result.
            last_ms, first_ms: later and earlier reads are left out; epoch milliseconds, UTC.
        """
        files = self.files[parts]
        return run_tasks(self.session, len(files), PartTask(files, first_ms, last_ms, act), columns)

    def gather(self, parts: str, act: PartAct, columns: Columns, last_ms: int, first_ms: int = 0) -> pl.DataFrame:
        """The same as a Polars table, in any order.

        Args:
            parts, act, columns, last_ms, first_ms: see ``table``.
        """
        return to_polars(self.table(parts, act, columns, last_ms, first_ms))

    def new_folder(self, name: str) -> Path:
        """A path for a new folder.

        Args:
            name: describes its content.
        """
        return self.folder / f"{name}-{next(self._numbers)}"

    def share(self, array: npt.NDArray[Any]) -> Path:
        """Write an array for tasks, which read it with ``shared``.

        Args:
            array: of numbers.
        """
        file = self.new_folder("array").with_suffix(".npy")
        np.save(file, array, allow_pickle=False)
        return file


def open_array(file: Path) -> npt.NDArray[Any]:
    """An array that ``ReadParts.share`` wrote, mapped into memory.

    Args:
        file: of the array.
    """
    found: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    return found


def stored_files(table: Any, folder: Path) -> tuple[Path, ...]:
    """Compute a table of Spark once, and write it as parquet files.

    Args:
        table: of Spark.
        folder: new, on a disk that every machine of the cluster shares.
    """
    table.write.parquet(str(folder))
    return _parquet(folder)


def _parquet(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.parquet")))


def array_of(found: pl.DataFrame, row: str, value: str, size: int) -> npt.NDArray[np.int64]:
    """int64 (size): the sum of the values of each row, 0 for rows without values.

    Args:
        found: a table with both columns.
        row: the column of rows.
        value: the column of whole numbers.
        size: rows of the result.
    """
    sums = np.zeros(size, np.int64)
    np.add.at(sums, found[row].to_numpy(), found[value].to_numpy())
    return sums
