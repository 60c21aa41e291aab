"""A refined data set as of a moment: keeps later reads out of training."""

from datetime import UTC, datetime
from functools import partial

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from script_shared.arrays import Int16s, IntArray
from script_shared.names import section_key
from script_shared.news.readers.snapshot import Snapshot


def snapshot_of(dataset: Dataset, as_of_ms: int) -> Snapshot:
    """Reads until ``as_of_ms`` (epoch milliseconds, UTC), all users, all articles.

    Articles published later are there with their rows, so that rows agree at every moment; no recommender may
    return them, because the pool leaves out what is not published yet.

    Args:
        dataset: a loaded run.
        as_of_ms: the moment, epoch milliseconds, UTC; a read at that moment is included.
    """
    section, section_names = codes_of(dataset.articles[c.SECTION])
    region, region_names = codes_of(dataset.articles[c.REGION])
    return dataset.snapshot(
        as_of_ms,
        logged=dataset.logged,
        issued_ms=dataset.issued_ms,
        section=section,
        region=region,
        section_names=section_names,
        region_names=region_names,
        texts=partial(article_texts, dataset),
    )


def codes_of(names: pl.Series) -> tuple[Int16s, list[str]]:
    """int16 code of each name, -1 for an empty one, and the names in the order of the codes (alphabetical).

    Spellings of one name have one code; it is called as most of them are written.
    """
    counts = names.filter(names != "").value_counts(name="count").sort("count", names.name, descending=[True, False])
    spellings = counts[names.name].to_list()
    usual: dict[str, str] = {}
    for name in spellings:
        usual.setdefault(section_key(name), name)
    distinct = sorted(usual.values())
    place = {name: code for code, name in enumerate(distinct)}
    code_of = [place[usual[section_key(name)]] for name in spellings]
    codes: Int16s = names.replace_strict(spellings, code_of, default=-1, return_dtype=pl.Int16).to_numpy()
    return codes, distinct


def article_texts(dataset: Dataset, rows: IntArray, body_characters: int) -> list[str]:
    """Title, caption and the beginning of the body of some articles, by rows ascending; only that part is read."""
    if not len(rows):
        return []
    first, last = int(rows[0]), int(rows[-1])
    text = pl.concat_str(
        c.TITLE, c.CAPTION, pl.col(c.BODY).str.head(body_characters), separator="\n", ignore_nulls=True
    )
    lines = dataset.texts().slice(first, last - first + 1).select(text.alias("text")).collect()["text"]
    texts: list[str] = lines.gather((rows - first).astype(np.uint32)).to_list()
    return texts


def utc(ms: int) -> str:
    """A moment in epoch milliseconds for people.

    Args:
        ms: epoch milliseconds, UTC; parts of a second are left out.

    >>> utc(0)
    '1970-01-01T00:00:00+00:00'
    """
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
