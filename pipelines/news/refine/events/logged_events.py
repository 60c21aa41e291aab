"""The event log's tables of a raw run, checked and ready for refine to merge."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import DIGEST, QUARANTINED, SEQ, TYPES, scan_part
from pipelines.news.raw.texts import clean_id
from pipelines.news.refine.events.posts import POSTED, latest_posts
from pipelines.news.refine.events.visits import logins_of, shared_logins, with_names, without_erased_names
from pipelines.news.tables import check
from script_shared.clock import EARLY_MS, wall_ms
from script_shared.events import ErasedUsers

DAY_MS = 86_400_000
IDS = (c.USER_ID, c.ARTICLE_ID, c.SESSION)


def _empty(table: str) -> Callable[[], pl.DataFrame]:
    return lambda: pl.DataFrame(schema=TYPES[table])


def _clean_ids(rows: pl.LazyFrame) -> pl.DataFrame:
    """The rows with ids as requests have them; entries of before may have others."""
    names = [name for name in IDS if name in rows.collect_schema().names()]
    return rows.with_columns(clean_id(name).fill_null("") for name in names).collect()


@dataclass(frozen=True)
class LoggedEvents:
    """The events of a run.

    Attributes:
        clicks: in the log's order; ``user_id`` is the user, also of a visit in which the user was seen, else the visit.
        logins: see ``pipelines.news.refine.events.visits``.
        left_out: numbers of erasures, of clicks and logins of people who were erased, and of logins in visits that
            users share.
        posts: one row for each posted article, what was said last; see ``latest_posts``.
        erased: who must not be in any table.
        longest_pause_ms: no two clicks on a data clock lie further apart.
        may_switch: whether clicks dated by the wall clock make history the present; otherwise such clicks are left out.
    """

    clicks: pl.DataFrame = field(default_factory=_empty("event_clicks"))
    logins: pl.DataFrame = field(default_factory=_empty("event_logins"))
    left_out: pl.DataFrame = field(default_factory=_empty("event_left_out"))
    posts: pl.DataFrame = field(default_factory=pl.DataFrame)
    erased: ErasedUsers = field(default_factory=ErasedUsers)
    longest_pause_ms: int = 30 * DAY_MS
    may_switch: bool = False

    @property
    def posted_last_ms(self) -> int:
        """When a new article was posted last, by the wall clock or before it; 0 for never. Epoch milliseconds."""
        if not self.posts.height:
            return 0
        times = self.posts[POSTED].dt.epoch("ms").to_numpy()
        return int(times[times <= wall_ms() + EARLY_MS].max(initial=0))

    @classmethod
    def of(cls, raw: Path, run_id: str, retention_days: float, *, may_switch: bool = False) -> "LoggedEvents":
        """Read ``<raw>/events``; nothing is there where no log was.

        Raises:
            InputError: a table breaks a rule; names it.
        """
        for table in TYPES:
            check(table, scan_part(raw, table), run_id)
        erased = ErasedUsers(frozenset(scan_part(raw, "erased").collect()[DIGEST]))
        clicks, more = (_clean_ids(scan_part(raw, table)) for table in ("event_clicks", "event_logins"))
        logins = logins_of(clicks.filter(~pl.col(QUARANTINED)), more)
        named = with_names(clicks, logins)
        kept = without_erased_names(named, erased)
        left_out = scan_part(raw, "event_left_out").collect()
        of_erased = logins.filter(pl.Series(erased.among(logins[c.USER_ID]), dtype=pl.Boolean)).select(SEQ)
        not_kept = named.join(kept, on=SEQ, how="anti").select(SEQ)
        return cls(
            clicks=kept,
            logins=logins,
            left_out=pl.concat([left_out, not_kept, of_erased, shared_logins(logins)]),
            posts=latest_posts(scan_part(raw, "event_posts")),
            erased=erased,
            longest_pause_ms=int(retention_days * DAY_MS),
            may_switch=may_switch,
        )


NO_EVENTS = LoggedEvents()
