"""Finds where reads begin and end, by the rule of ``script_shared.data_end``; Spark counts by groups of users."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.spark.session import parts_of
from pipelines.spark.tables import map_parts, to_polars
from script_shared.arrays import Float64s
from script_shared.clock import HOUR_MS
from script_shared.data_end import Activity, limit_ms, users_by_hour

HOUR, ACTIVE, SHARE, USERS, AT = "hour", "active", "share", "users", "at"
OF_ALL = -1  # the row of a group that says how many users it has
COUNTED = {HOUR: pl.Int64(), ACTIVE: pl.Float64(), SHARE: pl.Float64(), USERS: pl.Int64()}
BY_HOUR = {HOUR: pl.Int64(), USERS: pl.Float64()}


@dataclass(frozen=True)
class _Counting:
    """Counts the activity of one group of users; rows of hours without any are left out."""

    first_ms: int

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        hour, user = _hours(rows, self.first_ms)
        activity = Activity.of(hour, user, int(hour.max()) + 1)
        some = np.flatnonzero((activity.active > 0) | (activity.share > 0))
        yield pl.DataFrame({HOUR: some, ACTIVE: activity.active[some], SHARE: activity.share[some]})
        yield pl.DataFrame({HOUR: [OF_ALL], USERS: [activity.users]})


@dataclass(frozen=True)
class _CountingByHour:
    """Counts the users of each of the first hours in one group of users."""

    first_ms: int
    high: int

    def __call__(self, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        counts = users_by_hour(*_hours(rows, self.first_ms), self.high)
        some = np.flatnonzero(counts)
        yield pl.DataFrame({HOUR: some, USERS: counts[some]})


def limit_of(reads: Any, *, backwards: bool = False) -> int | None:
    """The moment from which reads are ahead of the others, None without reads.

    Args:
        reads: of Spark, with user and timestamp.
        backwards: count time backwards, so that the result is the first moment, negative, from which reads are behind.
    """
    from pyspark.sql import functions as sql

    sign = -1 if backwards else 1
    times = reads.select(c.USER, (sql.col(c.TIMESTAMP) * sign).alias(AT))
    first_ms, last_ms, rows = times.agg(sql.min(AT), sql.max(AT), sql.count(AT)).first()
    if not rows:
        return None
    hours = (last_ms - first_ms) // HOUR_MS + 1
    groups = times.repartition(parts_of(reads.sparkSession, rows), c.USER)
    counted = _sums(map_parts(groups, _Counting(first_ms), COUNTED))
    activity = Activity(_array(counted, ACTIVE, hours), _array(counted, SHARE, hours), _users(counted))

    def hourly(high: int) -> Float64s:
        return _array(_sums(map_parts(groups, _CountingByHour(first_ms, high), BY_HOUR)), USERS, high)

    return limit_ms(activity, first_ms, last_ms, hourly)


def _hours(rows: pl.DataFrame, first_ms: int) -> tuple[Any, Any]:
    return (rows[AT].to_numpy() - first_ms) // HOUR_MS, rows[c.USER].to_numpy()


def _sums(table: Any) -> pl.DataFrame:
    """Sums of all groups, by hour."""
    return to_polars(table.groupBy(HOUR).sum(*(name for name in table.columns if name != HOUR))).rename(
        lambda name: name.removeprefix("sum(").removesuffix(")")
    )


def _array(counted: pl.DataFrame, name: str, size: int) -> Float64s:
    found: Float64s = np.zeros(size)
    some = counted.filter(pl.col(HOUR) >= 0)
    found[some[HOUR].to_numpy()] = some[name].fill_null(0.0).to_numpy()
    return found


def _users(counted: pl.DataFrame) -> int:
    return int(counted.filter(pl.col(HOUR) == OF_ALL)[USERS].sum())
