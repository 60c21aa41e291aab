"""Where a stream of clicks comes from: a file of portal clicks, or a refined run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.raw.times import to_milliseconds
from pipelines.news.refine.rows.label_codes import whole_sessions
from pipelines.news.refine.rows.login import simulated_login
from pipelines.news.replay.labels import LABELS, Label
from pipelines.news.replay.stream import Stream
from script_shared.arrays import IntArray
from script_shared.errors import InputError

NEEDED = ("user_id", "session_id", "click_article_id", "click_timestamp")
CONTEXT = {"region": "click_region", "device": "click_deviceGroup", "os": "click_os", "referrer": "click_referrer_type"}


def from_clicks(file: Path, until_ms: int | None = None) -> Stream:
    """The clicks of a file such as ``globo_clicks``, those before ``until_ms`` only; logins are simulated.

    Columns of ``CONTEXT`` may be missing: what they say is unknown then.

    Args:
        file: a parquet file.
        until_ms: epoch milliseconds, UTC; None for all clicks.

    Raises:
        InputError: a column of ``NEEDED`` is missing.
    """
    table = pl.scan_parquet(file, glob=False)
    there = set(table.collect_schema().names())
    if missing := set(NEEDED) - there:
        raise InputError(f"{file}: column {sorted(missing)[0]} is missing.", fix="Give a file of portal clicks.")
    context = [pl.col(name) if name in there else pl.lit(-1).alias(name) for name in CONTEXT.values()]
    clicks = table.select(*NEEDED, *context).with_columns(to_milliseconds(pl.col("click_timestamp")))
    if until_ms is not None:
        clicks = clicks.filter(pl.col("click_timestamp") < until_ms)
    frame = clicks.sort("click_timestamp", maintain_order=True).collect()
    users, user = _codes(frame["user_id"])
    articles, article = _codes(frame["click_article_id"])
    return Stream(
        frame["click_timestamp"].to_numpy(),
        user,
        article,
        whole_sessions(frame["session_id"]).fill_null(-1).to_numpy(),
        {name: frame[column].fill_null(-1).to_numpy() for name, column in CONTEXT.items()},
        np.ones(len(user), np.float32),
        users,
        articles,
        simulated_login(users, np.bincount(user)),
        [],
    )


def _codes(column: pl.Series) -> tuple[list[str], IntArray]:
    values, codes = np.unique(column.to_numpy(), return_inverse=True)
    return [str(value) for value in values.tolist()], codes


def from_run(folder: Path, label: Label = "click", as_of_ms: int | None = None) -> Stream:
    """The reads of a refined run, weighted by a label.

    Args:
        folder: of the refined tables.
        label: what a read counts as a training example.
        as_of_ms: reads from this moment on weigh 1 and change no weight, so that a label that looks at a user's
            history knows nothing of the test window; by default all reads are known.
    """
    return from_dataset(Dataset.load(folder), label, as_of_ms)


def from_dataset(data: Dataset, label: Label = "click", as_of_ms: int | None = None) -> Stream:
    """The same of a run that is loaded.

    Args:
        data: a loaded run.
        label: what each read counts in training: 1, or its engagement.
        as_of_ms: epoch milliseconds, UTC; reads from then on count 1 with every label. None for no such moment.
    """
    reads = data.interactions
    return Stream(
        reads.time_ms,
        reads.user,
        reads.article,
        reads.session,
        {"region": reads.region, "device": reads.device},
        _weights(data, label, as_of_ms),
        data.users[c.USER_ID].to_list(),
        data.articles[c.ARTICLE_ID].to_list(),
        data.logged,
        data.articles[c.SECTION].to_list(),
        data.labels,
    )


def _weights(data: Dataset, label: Label, as_of_ms: int | None) -> npt.NDArray[np.float32]:
    """float32 (n): how much each read counts."""
    if as_of_ms is None:
        return LABELS[label](data)
    known = data.interactions.until(as_of_ms - 1)
    weights = np.ones(len(data.interactions), np.float32)
    weights[: len(known)] = LABELS[label](replace(data, interactions=known))
    return weights
