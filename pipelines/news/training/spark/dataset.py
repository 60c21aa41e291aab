"""A refined run whose reads are in files for Spark."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset, read_interactions
from pipelines.news.refine.spark.ends import limit_of
from pipelines.news.tables import table_path
from pipelines.news.training.spark.read_parts import BY_USER, ReadParts
from pipelines.news.training.spark.snapshot import SparkSnapshot
from pipelines.spark.scratch import shared_scratch
from pipelines.spark.session import spark_session
from pipelines.spark.tables import literal
from pipelines.use_case import Context
from script_shared.news.readers.snapshot import Snapshot


@dataclass(frozen=True)
class SparkDataset(Dataset):
    """The same as ``Dataset``, but ``interactions`` has only the reads of the last moment.

    Attributes:
        parts: all reads.
    """

    parts: ReadParts

    @cached_property
    def begin_ms(self) -> int:
        """The first moment that counts; 0 if there are no interactions."""
        from pyspark.sql import functions as sql

        reads = self.parts.session.read.parquet(*map(literal, self.parts.files[BY_USER]))
        limit = limit_of(reads, backwards=True)
        first = None if limit is None else reads.filter(-sql.col(c.TIMESTAMP) < limit).agg(sql.min(c.TIMESTAMP)).first()
        return int(first[0]) if first and first[0] is not None else 0

    def snapshot(self, as_of_ms: int, **known: Any) -> Snapshot:
        return SparkSnapshot(as_of_ms=as_of_ms, parts=self.parts, **known)


@contextmanager
def dataset_on_spark(context: Context, step: str) -> Iterator[SparkDataset]:
    """As ``training_dataset``, with the reads in files; the end of the block removes them.

    Args:
        context, step: as for ``training_dataset``.
    """
    refined = context.run.read("refined")
    file = table_path(refined, "interactions")
    with (
        spark_session(context.settings, f"{step} {context.use_case} {context.run.run_id}") as session,
        shared_scratch(context.run.place(step)) as scratch,
    ):
        yield _load(session, refined, file, scratch.absolute())


def _load(session: Any, refined: Path, file: Path, scratch: Path) -> SparkDataset:
    last = pl.scan_parquet(file, glob=False).select(pl.col(c.TIMESTAMP).max().to_physical()).collect().item()
    loaded = Dataset.load(refined, reads=read_interactions(file, last or 0, last or 0))
    return SparkDataset(**vars(loaded), parts=ReadParts.of(session, file.absolute(), scratch / "reads"))
