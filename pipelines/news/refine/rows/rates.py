"""How much each user reads a day: the rate that separates robots from people, over any span of data."""

import numpy as np
import polars as pl

from pipelines.news import columns as c
from script_shared.clock import HOUR_MS
from script_shared.news.params import OutlierParams

DAY, DAY_READS, DAY_PLACE, DAYS, DAILY = "day", "day_reads", "day_place", "days", "reads_a_day"
RATES = {DAY: pl.Int64(), DAY_READS: pl.Int64(), DAY_PLACE: pl.Int64(), DAYS: pl.UInt32(), DAILY: pl.Float64()}
DAY_MS = 24 * HOUR_MS
ROBOT_DAYS = 3  # with fewer days, one long day makes a high mean


def with_rates(rows: pl.DataFrame, params: OutlierParams, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add the columns ``RATES`` to one row per read; days are UTC.

    ``day_reads`` are the user's reads of that day, ``day_place`` the place of the row among them by time (0 for all
    rows of a day within the limit), ``days`` the days on which the user read anything, ``reads_a_day`` the
    mean over these. All are 0 for users with so few reads that no limit applies, which are most users.

    Args:
        rows: user, timestamp (datetime), others. All rows of a user are there.
        params: the limits.
        before: user, day, ``day_reads`` of reads counted elsewhere, which come first in their day.

    Returns:
        the rows in their order with the columns of ``RATES``.
    """
    most = params.reads_per_day.max
    places = _frequent(rows, min(most, ROBOT_DAYS * params.robot_reads_per_day), before)
    some = _rates(rows[places].select(c.USER, c.TIMESTAMP), most, before)
    return rows.with_columns(
        pl.zeros(rows.height, kind, eager=True).alias(name).scatter(places, some[name]) for name, kind in RATES.items()
    )


def _frequent(rows: pl.DataFrame, few: float, before: pl.DataFrame | None) -> pl.Series:
    """The places of rows of users with more than ``few`` reads in all."""
    users = rows[c.USER].to_numpy()
    counts = np.bincount(users)
    if before is not None and before.height:
        counted = np.bincount(before[c.USER].to_numpy(), before[DAY_READS].to_numpy(), len(counts))
        counts = counts + counted[: len(counts)]
    return pl.Series(counts[users] > few).arg_true()


def _rates(rows: pl.DataFrame, most: float, before: pl.DataFrame | None) -> pl.DataFrame:
    """``RATES`` of each row."""
    dated = rows.with_columns(day_of(pl.col(c.TIMESTAMP)))
    counted = dated.group_by(c.USER, DAY).agg(pl.len().cast(pl.Int64).alias(DAY_READS))
    if before is not None:
        counted = pl.concat([counted, before.select(counted.columns)])
        counted = counted.group_by(c.USER, DAY).agg(pl.col(DAY_READS).sum())
    users = counted.group_by(c.USER).agg(pl.len().alias(DAYS), pl.col(DAY_READS).mean().alias(DAILY))
    dated = dated.join(counted, on=[c.USER, DAY], how="left", maintain_order="left")
    dated = dated.join(users, on=c.USER, how="left", maintain_order="left")
    return dated.with_columns(_places(dated, most).alias(DAY_PLACE))


def _places(dated: pl.DataFrame, most: float) -> pl.Series:
    """int64 (rows): the place of each row in its user's day, after those counted elsewhere; 0 in days of few reads."""
    rows = (dated[DAY_READS] > most).arg_true()
    own = pl.len().over(c.USER, DAY).cast(pl.Int64)
    place = pl.col(c.TIMESTAMP).rank("ordinal").over(c.USER, DAY).cast(pl.Int64) - 1
    places = dated[rows].select(place + pl.col(DAY_READS) - own).to_series()
    return pl.zeros(dated.height, pl.Int64, eager=True).scatter(rows, places)


def day_of(time: pl.Expr) -> pl.Expr:
    """Number of the UTC day of a datetime.

    Args:
        time: Datetime or Int64, in milliseconds, UTC.
    """
    return (time.cast(pl.Int64) // DAY_MS).alias(DAY)
