"""The planted truth beside the generated files, for tests and for people; no step reads it."""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.sample_world.catalog import Catalog
from pipelines.sample_world.circles import CIRCLES
from pipelines.sample_world.groups import GROUPS
from pipelines.sample_world.readers import KINDS, Readers
from pipelines.sample_world.words import words


def write_truth(folder: Path, catalog: Catalog, readers: Readers, pages: pl.Series) -> None:
    """Write ``readers.parquet`` and ``articles.parquet`` into the folder.

    Args:
        folder: a new folder.
        catalog: all articles.
        readers: all users.
        pages: String (articles), as ``page_ids`` gives them.
    """
    folder.mkdir(parents=True)
    truth_of_readers(readers).write_parquet(folder / "readers.parquet")
    truth_of_articles(catalog, pages).write_parquet(folder / "articles.parquet")


def truth_of_readers(readers: Readers) -> pl.DataFrame:
    """user_id, kind, group (semi-logged), circle (logged), region, topic1..3 (logged, null where fewer)."""
    topics = pl.Series([f"{topic.section}/{topic.name}" for topic in words().topics])
    return pl.DataFrame(
        {
            "user_id": readers.ids,
            "kind": pl.Series(KINDS).gather(readers.kind),
            "group": pl.Series([group.name for group in GROUPS]).gather(_or_null(readers.group)),
            "circle": pl.Series(CIRCLES).gather(_or_null(readers.circle)),
            "region": pl.Series(words().states).gather(readers.region),
            **{f"topic{n + 1}": topics.gather(_or_null(readers.topics[:, n])) for n in range(readers.topics.shape[1])},
        }
    )


def truth_of_articles(catalog: Catalog, pages: pl.Series) -> pl.DataFrame:
    """article_id, section, topic, region (null for national articles), appeal, life_hours, circle (null for most)."""
    vocabulary = words()
    states = pl.Series([place.state for place in vocabulary.places])
    return pl.DataFrame(
        {
            "article_id": pages,
            "section": pl.Series([topic.section for topic in vocabulary.topics]).gather(catalog.topic),
            "topic": pl.Series([f"{t.section}/{t.name}" for t in vocabulary.topics]).gather(catalog.topic),
            "region": states.gather(_or_null(catalog.place)),
            "appeal": catalog.appeal,
            "life_hours": catalog.life_hours,
            "circle": pl.Series(CIRCLES).gather(_or_null(catalog.circle)),
        }
    )


def _or_null(rows: np.ndarray) -> pl.Series:
    series = pl.Series(rows)
    return series.set(series < 0, None)
