"""When each article was read first and last, for articles whose publication is not known."""

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.rows.tally import Tally

LAST = "last"


def first_clicks(tally: Tally) -> pl.DataFrame:
    """Each article that was read.

    Args:
        tally: has the kept reads.

    Returns:
        article, ``timestamp`` of its first read and ``last``, that of its last one.
    """
    kept = pl.concat(part.select(c.ARTICLE, c.TIMESTAMP) for part in tally.kept)
    return kept.group_by(c.ARTICLE).agg(pl.col(c.TIMESTAMP).min(), pl.col(c.TIMESTAMP).max().alias(LAST))
