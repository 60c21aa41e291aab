"""Users in the data card: segments, and how much each user read."""

from itertools import pairwise
from typing import Any

import numpy as np

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from script_shared.news.membership import segment_codes
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.plots import Plot, Series

PORTION_COLUMNS = ("segment", "users", "% of users", "interactions", "% of interactions", "reads per user")


def segment_portions(data: Dataset) -> list[list[Any]]:
    """One row per segment, columns as ``PORTION_COLUMNS``."""
    reads = data.users[c.READS].to_numpy()
    codes = segment_codes(data.logged, reads)
    users = np.bincount(codes, minlength=len(SEGMENT_NAMES))
    total = np.bincount(codes, weights=reads, minlength=len(SEGMENT_NAMES))
    of_users, of_reads = 100 * users / max(users.sum(), 1), 100 * total / max(total.sum(), 1)
    columns = (users.tolist(), of_users.tolist(), total.astype(int).tolist(), of_reads.tolist())
    rows = zip(SEGMENT_NAMES, *columns, strict=True)
    return [[*row, row[3] / row[1] if row[1] else None] for row in rows]


def shares_chart(data: Dataset) -> Plot:
    """How users and interactions fall into segments."""
    series = [Series(row[0], [row[2] / 100, row[4] / 100]) for row in segment_portions(data)]
    labels = ["users", "interactions"]
    return Plot("rows", "Shares of the segments", "", labels, series, unit="percent", stacked=True, top=1.0)


def histories_chart(data: Dataset) -> Plot:
    """How many users have how many kept reads."""
    reads = data.users[c.READS].to_numpy()
    edges = np.array([*range(12), 16, 21, 31, 51, 101, 201, 401, 801])
    edges = np.append(edges[edges <= reads.max()], reads.max() + 1)
    counts, _ = np.histogram(reads, edges)
    names = [str(low) if high - low <= 1 else f"{low}+" for low, high in pairwise(edges)]
    caption = "Logarithmic scale; a label with + begins a range."
    series = [Series("users", counts.tolist())]
    return Plot("bars", "Users by number of kept reads", "reads", names, series, caption, scale="log")
