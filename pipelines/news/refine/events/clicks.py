"""Merges clicks of the event log with the reads of the raw files: one click is one read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import BELIEF, QUARANTINED, SEQ, TIME_MS
from pipelines.news.refine.events.logged_events import LoggedEvents
from pipelines.news.refine.rows.label_codes import label_codes, session_numbers
from pipelines.news.refine.rows.rates import DAY, DAY_READS, day_of, with_rates
from pipelines.news.refine.rows.rules import clip_quantities, judge, rejected_rows
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.refine.rows.write import last_moment
from pipelines.news.tables import TIME
from script_shared.clock import EARLY_MS, wall_ms
from script_shared.live_signs import LIVE_READERS
from script_shared.news.params import RefineParams
from script_shared.news.state.trust import BELIEVED
from script_shared.times import EARLIEST_MS, LATEST_MS

FILE = "events"
KEY = (c.USER, c.ARTICLE, c.TIMESTAMP)
Labels = Mapping[str, dict[str, int]]  # code by text, by column


@dataclass(frozen=True)
class MergeResult:
    """Users with those that only the log knows, what was added, and the codes of labels, by column.

    Attributes:
        doubtful: whether so few users are in what was added that it could not move the end of the data by itself.
    """

    users: pl.DataFrame
    facts: dict[str, Any] = field(default_factory=lambda: {"events_clicks": 0})
    labels: dict[str, dict[str, int]] = field(default_factory=dict)
    doubtful: bool = False


def add_clicks(
    taken: LoggedEvents,
    users: pl.DataFrame,
    articles: pl.Series,
    tally: Tally,
    params: RefineParams,
    engagement: pl.Expr,
    *,
    labels: Labels | None = None,
) -> MergeResult:
    """Add the log's clicks to the tally, those that are not kept with their reason.

    A user without an id is the user who was seen in the visit, else the visit, named ``session <id>`` as in the live
    state. Users that the files do not know
    are not logged in, and are added when a click of theirs is kept. What a user reads a day
    counts both origins; beyond the limit the log's clicks are left out.

    Args:
        taken: clicks, posts, logins and erasures of the log.
        users: user_id, user_type of the files, in the order of their numbers.
        articles: ids in the order of their numbers.
        tally: takes the kept and the rejected rows.
        params: limits, and what happens above them.
        engagement: of a bare click, from the four quantities.
        labels: codes that the files' texts have, by column; the log's texts get others.
    """
    if not taken.clicks.height:
        return MergeResult(users, labels=dict(labels or {}))
    named = _add_articles(taken.clicks, articles)
    numbers = _number_users(named, users)
    rows = named.join(numbers, on=c.USER_ID, how="left", maintain_order="left")
    live = taken.may_switch and _readers_after(rows, last_moment(tally)) >= LIVE_READERS
    reached_ms = wall_ms() + EARLY_MS
    if not live:
        reached_ms = min(reached_ms, _clock_limit(rows[TIME_MS].to_numpy(), tally, taken.longest_pause_ms))
    first = rows.with_columns(_first_reason(rows, tally, reached_ms), _no_value())
    sound = first.filter(pl.col(c.REASON).is_null()).drop(c.REASON, c.VALUE)
    judged = _reject_doubtful(judge(with_rates(sound, params.outliers, _daily(sound, tally)), params.outliers))
    kept, cut = clip_quantities(judged.filter(pl.col(c.REASON).is_null()), params.outliers)
    tally.clipped.update(cut)
    everybody, kept = _join_users(users, numbers, kept)
    reads, codes = _reads(kept.with_columns(engagement), labels or {})
    rejected = pl.concat([rejected_rows(part, FILE) for part in (first, judged)])
    tally.add(rows.height, reads, rejected)
    facts = {"events_clicks": reads.height, "events_readers": everybody.height - users.height}
    return MergeResult(everybody, facts, codes, doubtful=not live)


def _readers_after(rows: pl.DataFrame, end_ms: int | None) -> int:
    """How many users clicked after the end of the files, by the wall clock or before it."""
    later = pl.col(TIME_MS).is_between(end_ms or EARLIEST_MS, wall_ms() + EARLY_MS, closed="right")
    return rows.filter(later & (pl.col(c.USER_ID) != ""))[c.USER_ID].n_unique()


def _add_articles(clicks: pl.DataFrame, articles: pl.Series) -> pl.DataFrame:
    """The clicks by time, with article and the quantities of a bare click."""
    known = pl.col(c.ARTICLE_ID).cast(pl.Enum(articles), strict=False).to_physical().cast(pl.UInt32)
    sane = pl.col(TIME_MS).is_between(EARLIEST_MS, LATEST_MS)
    return clicks.sort(TIME_MS, SEQ).with_columns(
        known.alias(c.ARTICLE),
        pl.when(sane).then(pl.col(TIME_MS)).cast(TIME).alias(c.TIMESTAMP),
        *(pl.lit(None, pl.Float32).alias(name) for name in (c.SECONDS, c.SCROLL)),
        *(pl.lit(1.0, pl.Float32).alias(name) for name in (c.CLICKS, c.VISITS)),
    )


def _number_users(clicks: pl.DataFrame, users: pl.DataFrame) -> pl.DataFrame:
    """user_id and number of every user of the log: the files' number, or one after them."""
    known = users.select(c.USER_ID).with_row_index(c.USER)
    found = clicks.select(pl.col(c.USER_ID).unique(maintain_order=True)).join(known, on=c.USER_ID, how="left")
    new = pl.col(c.USER).is_null()
    return found.with_columns(
        pl.when(new).then(users.height + new.cum_sum() - 1).otherwise(pl.col(c.USER)).cast(pl.UInt32).alias(c.USER)
    )


def _first_reason(rows: pl.DataFrame, tally: Tally, reached_ms: int) -> pl.Expr:
    again = rows.select(KEY).with_row_index("row").join(_kept_reads(tally, rows), on=KEY, how="semi")["row"]
    repeated = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(again.implode())
    return (
        pl.when(QUARANTINED)
        .then(pl.lit("quarantined"))
        .when(pl.col(c.USER_ID) == "")
        .then(pl.lit("user_unknown"))
        .when(pl.col(c.TIMESTAMP).is_null())
        .then(pl.lit("time_not_valid"))
        .when(pl.col(TIME_MS) > reached_ms)
        .then(pl.lit("time_ahead"))
        .when(repeated)
        .then(pl.lit("duplicate_read"))
        .alias(c.REASON)
    )


def _reject_doubtful(judged: pl.DataFrame) -> pl.DataFrame:
    """Reject valid clicks that are not trusted: a user's second click on an article, and clicks of small weight."""
    doubtful = pl.col(c.REASON).is_null() & (pl.col(BELIEF) < BELIEVED)
    return judged.with_columns(
        pl.when(doubtful).then(pl.lit("not_believed")).otherwise(c.REASON).alias(c.REASON),
        pl.when(doubtful).then(pl.col(BELIEF).cast(pl.Float64)).otherwise(c.VALUE).alias(c.VALUE),
    )


def _no_value() -> pl.Expr:
    return pl.lit(None, pl.Float64).alias(c.VALUE)


def _clock_limit(times: "np.ndarray[Any, np.dtype[np.int64]]", tally: Tally, longest_pause_ms: int) -> int:
    """The last time that the data's clock can have come to, moved on from the files' end by one click after another.

    Before the first release of historical data there is no such clock: what was clicked then is dated by the wall
    clock, years ahead of the data, and would make all of it old.
    """
    end_ms = last_moment(tally)
    sane = times[(times >= EARLIEST_MS) & (times <= LATEST_MS)]
    if end_ms is None or not len(sane):
        return LATEST_MS
    before = np.maximum(np.concatenate([[0], sane[:-1]]), end_ms)
    ahead = np.flatnonzero(sane - before > longest_pause_ms)
    return int(before[ahead[0]]) if len(ahead) else LATEST_MS


def _kept_reads(tally: Tally, rows: pl.DataFrame) -> pl.DataFrame:
    """user, article, timestamp of the files' reads of the log's users."""
    readers = rows.select(pl.col(c.USER).unique())
    parts = [part.select(KEY).join(readers, on=c.USER, how="semi") for part in tally.kept]
    return pl.concat([rows.select(KEY).clear(), *parts])


def _daily(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """user, day and ``day_reads`` of what the files hold of the log's users, rows that were rejected too."""
    numbers = rows.select(c.USER_ID, c.USER).unique()
    refused = tally.rejected_table().join(numbers, on=c.USER_ID, how="inner").select(c.USER, c.TIMESTAMP)
    everything = pl.concat([_kept_reads(tally, rows).select(c.USER, c.TIMESTAMP), refused])
    days = everything.filter(pl.col(c.TIMESTAMP).is_not_null()).with_columns(day_of(pl.col(c.TIMESTAMP)))
    return days.group_by(c.USER, DAY).agg(pl.len().cast(pl.Int64).alias(DAY_READS))


def _join_users(users: pl.DataFrame, numbers: pl.DataFrame, kept: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All users, new ones with a kept click only, and the kept clicks with the final numbers."""
    new = numbers.filter(pl.col(c.USER) >= users.height).join(kept, on=c.USER, how="semi", maintain_order="left")
    final = new.with_row_index("final", offset=users.height).select(c.USER, "final")
    renumbered = kept.join(final, on=c.USER, how="left", maintain_order="left")
    renumbered = renumbered.with_columns(pl.coalesce("final", c.USER).cast(pl.UInt32).alias(c.USER)).drop("final")
    added = new.select(c.USER_ID, pl.lit(c.NOT_LOGGED).alias(c.USER_TYPE))
    return pl.concat([users, added]), renumbered


def _reads(kept: pl.DataFrame, known: Labels) -> tuple[pl.DataFrame, dict[str, dict[str, int]]]:
    """The rows as the table of interactions has them, and the codes of regions and devices that are texts."""
    region, regions = label_codes(kept[c.REGION], known.get(c.REGION))
    device, devices = label_codes(kept[c.DEVICE], known.get(c.DEVICE))
    coded = kept.with_columns(
        session_numbers(kept[c.SESSION]).alias(c.SESSION), region.alias(c.REGION), device.alias(c.DEVICE)
    )
    names = (*KEY, *c.QUANTITIES, c.ENGAGEMENT, c.SESSION, c.REGION, c.DEVICE)
    return coded.select(names), {c.REGION: regions, c.DEVICE: devices}
