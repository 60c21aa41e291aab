"""The refined tables and what must hold in each row of them, checked at every border."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.news import columns as c
from script_shared.errors import InputError
from script_shared.times import EARLIEST_MS, LATEST_MS

if TYPE_CHECKING:
    import pandera.polars as pa

TIME = pl.Datetime("ms", "UTC")
LABELS = "labels.json"  # beside the tables: names of the codes of region and device, where events sent texts
SLICE_ROWS = 500_000
TEXT_ROWS = 20_000  # of lazy tables that may hold long texts
FIX = "Correct the raw data or the [refine] section of the params file, then run refine again."

INTERACTION_TYPES: dict[str, pl.DataType] = {
    c.USER: pl.UInt32(),
    c.ARTICLE: pl.UInt32(),
    c.TIMESTAMP: TIME,
    **{name: pl.Float32() for name in (*c.QUANTITIES, c.ENGAGEMENT)},
    c.SESSION: pl.Int64(),
    c.REGION: pl.Int16(),
    c.DEVICE: pl.Int16(),
}
REJECTED_TYPES: dict[str, pl.DataType] = {
    c.USER_ID: pl.String(),
    c.ARTICLE_ID: pl.String(),
    c.TIMESTAMP: TIME,
    c.FILE: pl.String(),
    c.REASON: pl.String(),
    c.VALUE: pl.Float64(),
}
SHARED = "shared"  # whether several users were seen in a visit
VISIT = "visit"  # digest of a session's name
OF_PERSONS = (c.USER_ID, c.SESSION, VISIT, "digest")  # columns whose values no message shows


def table_path(folder: Path, name: str) -> Path:
    """Where a table of a refined run is.

    Args:
        folder: of the refined run.
        name: of the table, such as ``interactions``.
    """
    return folder / f"{name}.parquet"


@cache
def schemas() -> dict[str, "pa.DataFrameSchema"]:
    """Pandera's schema of every refined table, by name."""
    import pandera.polars as pa

    text = pa.Column(pl.String, pa.Check.str_length(min_value=1))
    rows, when = pa.Column(pl.UInt32), pa.Column(TIME, pa.Check.in_range(_moment(EARLIEST_MS), _moment(LATEST_MS)))
    tables = {
        **_event_columns(pa.Check.str_length(min_value=1)),
        **_content_columns(text, rows, when),
        **_read_columns(rows, when),
        "visits": {
            VISIT: pa.Column(pl.String, pa.Check.str_matches("^[0-9a-f]{32}$")),
            c.USER_ID: text,
            c.SESSION: pa.Column(pl.Int64, nullable=True),
            SHARED: pa.Column(pl.Boolean),
        },
        "recalled": {"seq": pa.Column(pl.Int64, pa.Check.ge(1))},
    }
    return {name: pa.DataFrameSchema(columns, strict=True) for name, columns in tables.items()}


def _content_columns(text: Any, rows: Any, when: Any) -> dict[str, dict[str, Any]]:
    """The columns of users and articles."""
    import pandera.polars as pa

    return {
        "users": {
            c.USER: rows,
            c.USER_ID: text,
            c.USER_TYPE: pa.Column(pl.String, pa.Check.isin([c.LOGGED, c.NOT_LOGGED])),
            c.READS: rows,
        },
        "articles": {
            c.ARTICLE: rows,
            c.ARTICLE_ID: text,
            **{name: pa.Column(pl.String) for name in (c.URL, c.TITLE, c.CAPTION, c.BODY, c.SECTION, c.REGION)},
            c.ISSUED: when,
        },
    }


def _read_columns(rows: Any, when: Any) -> dict[str, dict[str, Any]]:
    """The columns of the tables of reads, of what was rejected of them, and of the held-out ones."""
    import pandera.polars as pa

    amount = pa.Check.in_range(0, 1e9)  # also refuses nan and infinity
    reads = {c.USER: rows, c.ARTICLE: rows, c.TIMESTAMP: when}
    return {
        "interactions": {
            **reads,
            **{name: pa.Column(pl.Float32, amount, nullable=True) for name in c.QUANTITIES},
            c.ENGAGEMENT: pa.Column(pl.Float32, amount),
            **{name: pa.Column(INTERACTION_TYPES[name], nullable=True) for name in (c.SESSION, c.REGION, c.DEVICE)},
        },
        "validation": reads,
        "rejected": {name: pa.Column(kind, nullable=name != c.REASON) for name, kind in REJECTED_TYPES.items()},
    }


def _event_columns(some_text: Any) -> dict[str, Any]:
    """The columns of the tables exported from the event log."""
    import pandera.polars as pa

    from pipelines.news.event_parts import DIGEST, SAID, SEQ, TIME_MS, TYPES

    rules = {SEQ: pa.Check.ge(1), c.ARTICLE_ID: some_text, DIGEST: pa.Check.str_matches("^[0-9a-f]{32}$")}
    needed = (SEQ, TIME_MS, c.USER_ID, c.ARTICLE_ID, SAID, DIGEST)
    return {
        table: {name: pa.Column(kind, rules.get(name), nullable=name not in needed) for name, kind in columns.items()}
        for table, columns in TYPES.items()
    }


def _moment(ms: int) -> Any:
    return pl.Series([ms]).cast(TIME).item()


@dataclass
class _Failures:
    """What failed, by column and rule: how many rows, and the first values."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, column: str, rule: str, count: int, examples: list[Any]) -> None:
        key = (column, rule)
        self.counts[key] = self.counts.get(key, 0) + count
        self.examples.setdefault(key, []).extend(str(value) for value in examples)

    def stop(self, table: str, run_id: str) -> None:
        if not self.counts:
            return
        (column, rule), count = next(iter(self.counts.items()))
        examples = "" if column in OF_PERSONS else f", such as {', '.join(self.examples[column, rule][:3])}"
        others = f" {len(self.counts) - 1} other rules failed too." if len(self.counts) > 1 else ""
        found = f"{count:,} rows fail the rule {rule}{examples}.{others}"
        raise InputError(f"table {table} of run {run_id}, column {column}: {found}", fix=FIX)


def check(
    table: str, frame: pl.DataFrame | pl.LazyFrame, run_id: str, *, sizes: Mapping[str, int] | None = None
) -> None:
    """Check all of a table, in slices, so that memory stays small.

    Args:
        table: users, articles, interactions, validation or rejected.
        frame: the whole table; lazy for tables with long texts.
        run_id: named in the message.
        sizes: number of users and articles, by column name; row numbers must be below.

    Raises:
        InputError: names table, run, column, rule, the count of failing rows and examples, but no ids of persons.
    """
    failures = _Failures()
    seen = 0
    last_time: Any = None
    for part in _slices(frame, SLICE_ROWS if table in ("interactions", "rejected") else TEXT_ROWS):
        _check_structure(table, part, run_id)
        _check_slice(schemas()[table], part, failures)
        if not failures.counts:
            _check_order(table, part, seen, last_time, failures)
            for column, size in (sizes or {}).items():
                _add_rows(failures, part, column, f"below {size:,}", pl.col(column) >= size)
        seen += part.height
        last_time = part[c.TIMESTAMP][-1] if table == "interactions" and part.height else last_time
    if not failures.counts and table in ("users", "articles"):
        key = c.USER_ID if table == "users" else c.ARTICLE_ID
        ids = frame.lazy().select(key).collect()
        _add_rows(failures, ids, key, "unique", pl.col(key).is_duplicated())
    failures.stop(table, run_id)


def _slices(frame: pl.DataFrame | pl.LazyFrame, lazy_rows: int) -> Iterator[pl.DataFrame]:
    if isinstance(frame, pl.DataFrame):
        yield from frame.iter_slices(SLICE_ROWS) if frame.height else [frame]
    else:
        yield from frame.collect_batches(chunk_size=lazy_rows, maintain_order=True)


def _check_structure(table: str, part: pl.DataFrame, run_id: str) -> None:
    wanted = {name: column.dtype.type for name, column in schemas()[table].columns.items()}
    problems = [f"{name} is missing" for name in wanted if name not in part.columns]
    problems += [f"{name} is not part of the table" for name in part.columns if name not in wanted]
    problems = problems or [
        f"{name} is {part.schema[name]} instead of {kind}" for name, kind in wanted.items() if part.schema[name] != kind
    ]
    if problems:
        raise InputError(f"table {table} of run {run_id}: column {'; column '.join(problems)}.", fix=FIX)


def _check_slice(schema: "pa.DataFrameSchema", part: pl.DataFrame, failures: _Failures) -> None:
    from pandera.errors import SchemaErrors

    try:
        schema.validate(part, lazy=True)
    except SchemaErrors as error:
        for (column, rule), cases in error.failure_cases.group_by("column", "check", maintain_order=True):
            failures.add(str(column), str(rule), cases.height, cases["failure_case"][:3].to_list())


def _check_order(table: str, part: pl.DataFrame, seen: int, last_time: Any, failures: _Failures) -> None:
    """Row numbers count up in users and articles; interactions are sorted by time."""
    if table == "interactions":
        before = pl.col(c.TIMESTAMP).shift(1, fill_value=last_time)
        _add_rows(failures, part, c.TIMESTAMP, "sorted", pl.col(c.TIMESTAMP) < before)
    elif table in ("users", "articles"):
        key = c.USER if table == "users" else c.ARTICLE
        _add_rows(failures, part, key, "equals its row number", pl.col(key) != pl.int_range(seen, seen + part.height))


def _add_rows(failures: _Failures, part: pl.DataFrame, column: str, rule: str, failing: pl.Expr) -> None:
    rows = part.lazy().filter(failing).select(column).collect()[column]
    if len(rows):
        failures.add(column, rule, len(rows), rows[:3].to_list())
