"""Refines the same raw data with both engines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.news.refine import refine
from pipelines.use_case import Context
from script_shared.errors import InputError

# PySpark leaves sockets, and Airflow's hook a pipe, to the garbage collector.
SOCKETS = tuple(
    pytest.mark.filterwarnings(f"ignore::{kind}")
    for kind in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning")
)
Tables = dict[str, pl.DataFrame]
Fill = Callable[[Context, Path], dict[str, Any] | None]


def refined(context: Context, fill: Fill) -> tuple[dict[str, Any], Tables]:
    """Facts and tables of a run whose raw folder ``fill`` writes."""
    with context.run.write("raw") as (raw, facts):
        facts |= fill(context, raw) or {}
    said = {name: fact for name, fact in refine(context).items() if name != "finished_at"}
    folder = context.run.read("refined")
    assert not [path.name for path in folder.iterdir() if path.is_dir()]
    return said, {file.stem: pl.read_parquet(file, glob=False) for file in folder.glob("*.parquet")}


def with_engine(context: Context, engine: str) -> Context:
    """The same context with another engine, in a folder of its own."""
    settings = context.settings.model_copy(update={"engine": engine})
    run = replace(context.run, root=context.run.root.with_name(f"news_{engine}"))
    return replace(context, settings=settings, run=run)


def assert_same(context: Context, fill: Fill) -> tuple[dict[str, Any], Tables]:
    """Check that both engines make the same facts and tables; rejected rows may be in another order.

    Returns:
        those of the engine Polars.
    """
    facts, tables = refined(with_engine(context, "polars"), fill)
    others, other_tables = refined(with_engine(context, "spark"), fill)
    assert others.pop("engine") == "spark"
    assert others == facts
    assert set(other_tables) == set(tables)
    for name, table in tables.items():
        found = other_tables[name]
        assert found.schema == table.schema, name
        if name == "rejected":
            table, found = (rows.sort(pl.all(), nulls_last=True) for rows in (table, found))
        assert found.equals(table), name
    return facts, tables


@contextmanager
def both_refuse(context: Context, fill: Fill) -> Iterator[list[str]]:
    """Check that both engines refuse the raw data, and return their messages."""
    messages = []
    for engine in ("polars", "spark"):
        try:
            refined(with_engine(context, engine), fill)
        except InputError as error:
            messages.append(str(error))
    assert len(messages) == 2
    yield messages
