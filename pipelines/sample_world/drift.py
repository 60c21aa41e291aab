"""A planted drift: on the last day a share of the reads goes to articles of one topic, many of them old."""

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.catalog import DAY_MS, Catalog
from pipelines.sample_world.streams import stream
from pipelines.sample_world.visits import Visits
from script_shared.news.params import SampleParams

IntArray = npt.NDArray[np.int64]
MOVED = 0.7  # share of the last day's reads, if the param is 1


def with_drift(params: SampleParams, catalog: Catalog, visits: Visits, article: IntArray) -> IntArray:
    """The article of each read, after the drift of the params; the same array if they ask for none.

    Args:
        params: ``drift`` from 0 (none) to 1, and the seed.
        catalog: all articles.
        visits: time and user of each read.
        article: int64[n_reads], row of the catalog.

    Returns:
        int64 (n_reads).
    """
    if not params.drift:
        return article
    rng = stream(params.seed, "drift")
    last_day = catalog.end_ms - DAY_MS
    topics = np.bincount(catalog.topic[article])
    rarest = int(np.argmin(np.where(topics > 0, topics, np.iinfo(np.int64).max)))
    old = np.flatnonzero((catalog.topic == rarest) & (catalog.issued_ms < last_day - 3 * DAY_MS))
    moved = (visits.time_ms > last_day) & (rng.random(len(article)) < MOVED * params.drift)
    if not len(old):
        return article
    return np.where(moved, rng.choice(old, len(article)), article)
