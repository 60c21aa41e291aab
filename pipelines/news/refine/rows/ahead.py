"""Rejects reads outside the data: after its end or ahead of this machine's clock, and before its begin."""

from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.as_of import utc
from pipelines.news.refine.rows.rules import rejected_rows
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.tables import TIME
from script_shared.arrays import Bools, Int64s
from script_shared.clock import wall_ms
from script_shared.data_end import data_begin, data_end
from script_shared.errors import InputError

AHEAD, BEHIND = "time_ahead", "time_behind"
EXAMPLES = 3
MOVED = {c.USER: pl.UInt32(), c.ARTICLE: pl.UInt32(), c.TIMESTAMP: TIME}


def reject_ahead(tally: Tally, users: pl.Series, articles: pl.Series) -> dict[str, Any]:
    """Move the kept reads that lie ahead to the rejected ones; see ``script_shared.data_end``.

    Args:
        tally: changed in place.
        users: String, ids of the users in the order of their numbers.
        articles: String, ids of the articles in the order of their numbers.

    Returns:
        Facts ``data_end`` (UTC, None without reads), ``ahead_rows``, ``ahead_users`` and ``ahead_examples`` (articles
        and times; no users, because erasures do not reach facts).

    Raises:
        InputError: all reads lie ahead of this machine's clock.
    """
    times, numbers = _columns(tally)
    end = data_end(times, numbers, wall_ms=wall_ms())
    if len(end.ahead) and end.ahead.all():
        raise all_ahead(len(end.ahead))
    return facts_ahead(_move(tally, end.ahead, AHEAD, users, articles), end.end_ms)


def reject_behind(tally: Tally, users: pl.Series, articles: pl.Series) -> dict[str, Any]:
    """Move the kept reads that lie before the begin of the data to the rejected ones, as ``reject_ahead`` does.

    Call it for reads of files only: the API dated those of the event log.

    Args:
        tally: changed in place.
        users: String, ids of the users in the order of their numbers.
        articles: String, ids of the articles in the order of their numbers.

    Returns:
        Facts ``data_begin`` (UTC, None without reads), ``behind_rows``, ``behind_users`` and ``behind_examples``.
    """
    times, numbers = _columns(tally)
    begin_ms = data_begin(times, numbers)
    found = _move(tally, times < begin_ms, BEHIND, users, articles)
    return facts_behind(found, begin_ms if len(times) else None)


def all_ahead(rows: int) -> InputError:
    """The error when all reads lie ahead of this machine's clock.

    Args:
        rows: how many reads there are.
    """
    return InputError(
        f"All {rows:,} reads lie ahead of this machine's clock, which says {utc(wall_ms())}.",
        fix="Correct the clock, or the times in the files.",
    )


def facts_ahead(moved: pl.DataFrame, end_ms: int) -> dict[str, Any]:
    """What ``reject_ahead`` returns.

    Args:
        moved: see ``named_moves``.
        end_ms: the end of the data, 0 without reads.

    Returns:
        ``data_end``, ``ahead_rows``, ``ahead_users`` and ``ahead_examples``.
    """
    latest = moved.sort(c.TIMESTAMP, descending=True)
    return {"data_end": utc(end_ms) if end_ms else None, **_facts("ahead", latest)}


def facts_behind(moved: pl.DataFrame, begin_ms: int | None) -> dict[str, Any]:
    """What ``reject_behind`` returns.

    Args:
        moved: see ``named_moves``.
        begin_ms: the begin of the data, None without reads.

    Returns:
        ``data_begin``, ``behind_rows``, ``behind_users`` and ``behind_examples``.
    """
    return {"data_begin": None if begin_ms is None else utc(begin_ms), **_facts("behind", moved.sort(c.TIMESTAMP))}


def named_moves(moved: pl.DataFrame, reason: str, users: pl.Series, articles: pl.Series) -> pl.DataFrame:
    """Reads that are rejected after all, with their columns of the table ``rejected``.

    Args:
        moved: the columns ``MOVED``.
        reason: why.
        users: String, ids of the users in the order of their numbers.
        articles: String, ids of the articles in the order of their numbers.

    Returns:
        the reads in their order with user_id, article_id, reason and value (null).
    """
    return moved.with_columns(
        users.gather(moved[c.USER]).alias(c.USER_ID),
        articles.gather(moved[c.ARTICLE]).alias(c.ARTICLE_ID),
        pl.lit(reason).alias(c.REASON),
        pl.lit(None, pl.Float64).alias(c.VALUE),
    )


def join_facts(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The facts of two passes over one tally.

    Args:
        before: what ``reject_ahead`` gave first.
        after: what it gave for the tally with more rows.

    Returns:
        the facts of ``reject_ahead``, with the counts of both.
    """
    counts = {name: before[name] + after[name] for name in ("ahead_rows", "ahead_users")}
    return {
        **before,
        **after,
        **counts,
        "ahead_examples": (before["ahead_examples"] + after["ahead_examples"])[:EXAMPLES],
    }


def _columns(tally: Tally) -> tuple[Int64s, Int64s]:
    """Times and numbers of the users of the kept reads, part after part."""
    times = [part[c.TIMESTAMP].to_physical().to_numpy() for part in tally.kept]
    users = [part[c.USER].to_numpy() for part in tally.kept]
    none: Int64s = np.zeros(0, np.int64)
    return np.concatenate([none, *times]), np.concatenate([none, *users])


def _move(tally: Tally, which: Bools, reason: str, users: pl.Series, articles: pl.Series) -> pl.DataFrame:
    """Move reads to the rejected ones, and return them.

    Args:
        which: bool (kept reads), part after part.
    """
    start, moved = 0, [pl.DataFrame(schema=MOVED)]
    for place, part in enumerate(tally.kept):
        some = pl.Series(which[start : start + part.height])
        start += part.height
        if some.any():
            moved.append(part.filter(some).select(MOVED.keys()))
            tally.kept[place] = part.filter(~some)
    rows = named_moves(pl.concat(moved), reason, users, articles)
    if rows.height:
        tally.rejected.append(rejected_rows(rows, pl.lit(None, pl.String)))
    return rows


def _facts(side: str, rows: pl.DataFrame) -> dict[str, Any]:
    """Counts, and the first rows as articles and times for people."""
    some = rows.head(EXAMPLES)
    times = some[c.TIMESTAMP].to_physical().to_list()
    return {
        f"{side}_rows": rows.height,
        f"{side}_users": rows[c.USER_ID].n_unique(),
        f"{side}_examples": [
            f"article {article}: {utc(time)}" for article, time in zip(some[c.ARTICLE_ID], times, strict=True)
        ],
    }
