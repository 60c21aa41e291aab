"""Engagement: one number for how much a read meant, from time, clicks, scroll and visits."""

import polars as pl

from pipelines.news import columns as c
from script_shared.news.params import EngagementParams


def engagement(weights: EngagementParams) -> pl.Expr:
    """Sum of weight x quantity, at least 0.

    ``minutes_log1p x log1p(minutes on page) + clicks x log1p(clicks) + scroll x share scrolled + page_visits x
    log1p(visits)``. A quantity that the source does not measure adds nothing.

    Args:
        weights: of the quantities, from the params file.
    """
    parts = [
        weights.minutes_log1p * (pl.col(c.SECONDS) / 60).log1p(),
        weights.clicks * pl.col(c.CLICKS).log1p(),
        weights.scroll * pl.col(c.SCROLL) / 100,
        weights.page_visits * pl.col(c.VISITS).log1p(),
    ]
    return pl.sum_horizontal(parts).cast(pl.Float32).alias(c.ENGAGEMENT)
