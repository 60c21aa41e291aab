"""Rejects reads after the robust end of the data, or ahead of this machine's clock."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.as_of import utc
from pipelines.news.refine.rows.rules import rejected_rows
from pipelines.news.refine.rows.tally import Tally
from script_shared.arrays import IntArray
from script_shared.clock import wall_ms
from script_shared.data_end import DataEnd, data_end
from script_shared.errors import InputError

AHEAD = "time_ahead"
EXAMPLES = 3


def reject_ahead(tally: Tally, users: pl.Series, articles: pl.Series) -> dict[str, Any]:
    """Move the kept reads that lie ahead to the rejected ones; see ``script_shared.data_end``.

    Args:
        tally: changed in place.
        users: ids in the order of their numbers; articles likewise.

    Returns:
        Facts ``data_end`` (UTC, None without reads), ``ahead_rows``, ``ahead_users`` and ``ahead_examples``.

    Raises:
        InputError: all reads lie ahead of this machine's clock.
    """
    end = _end(tally)
    if len(end.ahead) and end.ahead.all():
        raise InputError(
            f"All {len(end.ahead):,} reads lie ahead of this machine's clock, which says {utc(wall_ms())}.",
            fix="Correct the clock, or the times in the files.",
        )
    found = _move(tally, end, users, articles) if end.ahead.any() else pl.DataFrame()
    return {
        "data_end": utc(end.end_ms) if end.end_ms else None,
        "ahead_rows": found.height,
        "ahead_users": found[c.USER_ID].n_unique() if found.height else 0,
        "ahead_examples": _examples(found),
    }


def joined(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The facts of two passes over one tally."""
    counts = {name: before[name] + after[name] for name in ("ahead_rows", "ahead_users")}
    return {**after, **counts, "ahead_examples": (before["ahead_examples"] + after["ahead_examples"])[:EXAMPLES]}


def _end(tally: Tally) -> DataEnd:
    times = [part[c.TIMESTAMP].to_physical().to_numpy() for part in tally.kept]
    users = [part[c.USER].to_numpy() for part in tally.kept]
    none: IntArray = np.zeros(0, np.int64)
    return data_end(np.concatenate([none, *times]), np.concatenate([none, *users]), wall_ms=wall_ms())


def _move(tally: Tally, end: DataEnd, users: pl.Series, articles: pl.Series) -> pl.DataFrame:
    start, moved = 0, []
    for place, part in enumerate(tally.kept):
        ahead = pl.Series(end.ahead[start : start + part.height])
        start += part.height
        if ahead.any():
            moved.append(part.filter(ahead).select(c.USER, c.ARTICLE, c.TIMESTAMP))
            tally.kept[place] = part.filter(~ahead)
    rows = pl.concat(moved).with_columns(
        users.gather(pl.concat(moved)[c.USER]).alias(c.USER_ID),
        articles.gather(pl.concat(moved)[c.ARTICLE]).alias(c.ARTICLE_ID),
        pl.lit(AHEAD).alias(c.REASON),
        pl.lit(None, pl.Float64).alias(c.VALUE),
    )
    tally.rejected.append(rejected_rows(rows, pl.lit(None, pl.String)))
    return rows


def _examples(rows: pl.DataFrame) -> Sequence[str]:
    """Users and times for people, the latest first."""
    if not rows.height:
        return []
    latest = rows.sort(c.TIMESTAMP, descending=True).head(EXAMPLES)
    times = latest[c.TIMESTAMP].to_physical().to_list()
    return [f"user {user}: {utc(time)}" for user, time in zip(latest[c.USER_ID], times, strict=True)]
