"""Runs functions on Polars tables in Spark's tasks, and moves tables between Spark and Polars."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pyarrow as pa

from script_shared.errors import InputError

Columns = Mapping[str, pl.DataType]
SQL_TYPES = {
    pl.Int16: "smallint",
    pl.Int64: "bigint",
    pl.Float32: "float",
    pl.Float64: "double",
    pl.String: "string",
    pl.Boolean: "boolean",
    pl.List: "array<float>",  # the only lists are vectors
}
ARROW_TYPES = {
    pl.Int16: pa.int16(),
    pl.Int64: pa.int64(),
    pl.Float32: pa.float32(),
    pl.Float64: pa.float64(),
    pl.String: pa.string(),
    pl.Boolean: pa.bool_(),
    pl.List: pa.list_(pa.float32()),
}
KIND, NOTE = "kind", "note"
PROBLEM = "problem"  # the kind of a row that holds an error of the input


def literal(path: Path) -> str:
    """A path escaped for Spark, which reads brackets, stars and question marks as a pattern.

    >>> literal(Path("site [1]/clicks.parquet"))
    'site \\\\[1\\\\]/clicks.parquet'

    Args:
        path: of a file or folder.
    """
    return re.sub(r"([\\[\]{}*?])", r"\\\1", str(path))


class Act(Protocol):
    """Runs one task: turns its number and input into tables, each with a column ``kind``."""

    def __call__(self, number: int) -> Iterable[pl.DataFrame]:
        """The tables of one number."""
        ...


def run_tasks(session: Any, count: int, act: Act, columns: Columns) -> Any:
    """One task for each number; their results are one table of Spark, not yet computed.

    Spark repeats a task that fails, or whose machine is lost. An ``InputError`` fails no task: it becomes a row of the
    kind ``problem``, see :func:`raise_problem`.

    Args:
        session: of Spark.
        count: of tasks; their numbers count from 0.
        act: importable where the tasks run.
        columns: names and types of the result, ``kind`` and ``note`` among them.
    """

    def tasks(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from _with_problems(partial(act, number), columns)

    return session.range(0, count, 1, max(count, 1)).mapInArrow(tasks, ddl(columns))


def map_parts(table: Any, act: Callable[[pl.DataFrame], Iterable[pl.DataFrame]], columns: Columns) -> Any:
    """Call ``act`` with each part of a table of Spark as one Polars table.

    Args:
        table: of Spark; a part must fit into a task's memory.
        act: importable where the tasks run.
        columns: names and types of the result.
    """
    names = table.columns

    def parts(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = [frame for batch in batches if isinstance(frame := pl.from_arrow(batch), pl.DataFrame)]
        if rows:
            yield from _with_problems(partial(act, pl.concat(rows).select(names)), columns)

    return table.mapInArrow(parts, ddl(columns))


def ddl(columns: Columns) -> str:
    """The columns as a schema in the syntax of Spark."""
    return ", ".join(f"`{name}` {SQL_TYPES[type(kind)]}" for name, kind in columns.items())


def to_arrow(frame: pl.DataFrame, columns: Columns) -> pa.Table:
    """A Polars table with these columns and types for Spark; a column that it lacks is null."""
    some = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in columns.items()
    ]
    schema = pa.schema([(name, ARROW_TYPES[type(kind)]) for name, kind in columns.items()])
    return frame.select(some).to_arrow().cast(schema)


def to_spark(session: Any, frame: pl.DataFrame, columns: Columns) -> Any:
    """A Polars table as a table of Spark.

    Args:
        session: of Spark.
        frame: small enough for this process.
        columns: names and types of the result.
    """
    return session.createDataFrame(to_arrow(frame, columns), schema=ddl(columns))


def to_polars(table: Any) -> pl.DataFrame:
    """A small table of Spark as a Polars table.

    Args:
        table: of Spark.

    Returns:
        all its rows, in any order.

    Raises:
        TypeError: it has no columns.
    """
    frame = pl.from_arrow(table.toArrow())
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"a table of Spark became {type(frame).__name__}")
    return frame


@dataclass(frozen=True)
class StoredTable:
    """A table that Spark wrote as parquet files, in folders by kind.

    Attributes:
        session: of Spark.
        folder: which every machine can read.
        columns: names and types, with the column of kinds.
    """

    session: Any
    folder: Path
    columns: Columns

    def of_kind(self, kind: str) -> Any:
        """The rows of a kind as a table of Spark, without the column ``kind``."""
        files = self._files(kind)
        narrow = {name: type_ for name, type_ in self.columns.items() if name != KIND}
        if not files:
            return self.session.createDataFrame([], ddl(narrow))
        return self.session.read.schema(ddl(narrow)).parquet(literal(self.folder / f"{KIND}={kind}"))

    def scan(self, kind: str) -> pl.LazyFrame:
        """The rows of a kind as a lazy Polars table, in the order of the tasks."""
        narrow = {name: type_ for name, type_ in self.columns.items() if name != KIND}
        files = self._files(kind)
        return pl.scan_parquet(files, glob=False, schema=narrow) if files else pl.LazyFrame(schema=narrow)

    def notes(self, kind: str) -> list[Any]:
        """The notes of the rows of a kind, as they were before they became JSON."""
        return [json.loads(note) for note in self.scan(kind).collect()[NOTE]]

    def _files(self, kind: str) -> list[Path]:
        return sorted((self.folder / f"{KIND}={kind}").glob("*.parquet"))


def store(session: Any, table: Any, folder: Path, columns: Columns) -> StoredTable:
    """Compute a table with kinds once, and write it as parquet files.

    Args:
        session: of Spark.
        table: of Spark, from ``run_tasks`` or ``map_parts``.
        folder: new, on a disk that every machine of the cluster shares.
        columns: names and types of the table.

    Raises:
        InputError: a task found that the input is malformed; the first such problem in the order of the tasks.
    """
    table.write.partitionBy(KIND).parquet(str(folder))
    stored = StoredTable(session, folder, columns)
    raise_problem(stored.notes(PROBLEM))
    return stored


def raise_problem(problems: Sequence[Mapping[str, str]]) -> None:
    """Raise the first problem that a task noted.

    Raises:
        InputError: there is one.
    """
    if problems:
        raise InputError(problems[0]["message"], fix=problems[0]["fix"])


def note(kind: str, value: Any) -> pl.DataFrame:
    """A table of one row that carries a value to the driver.

    Args:
        kind: the kind by which ``StoredTable.notes`` finds it.
        value: what JSON can hold.

    Returns:
        one row with ``kind`` and ``note``.
    """
    return pl.DataFrame({KIND: [kind], NOTE: [json.dumps(value)]})


def _with_problems(act: Callable[[], Iterable[pl.DataFrame]], columns: Columns) -> Iterator[pa.RecordBatch]:
    try:
        for frame in act():
            yield from to_arrow(frame, columns).to_batches(max_chunksize=200_000)
    except InputError as error:
        yield from to_arrow(note(PROBLEM, {"message": error.message, "fix": error.fix}), columns).to_batches()
