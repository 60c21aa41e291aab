"""The reads of a run in Spark: kept and rejected ones, and the rules that need all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.refine.events.clicks import KEY, Labels, MergeResult, add_clicks
from pipelines.news.refine.events.logged_events import LoggedEvents
from pipelines.news.refine.rows.ahead import (
    AHEAD,
    BEHIND,
    MOVED,
    all_ahead,
    facts_ahead,
    facts_behind,
    join_facts,
    named_moves,
)
from pipelines.news.refine.rows.rules import rejected_rows
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.refine.spark.columns import PLACE, READS, as_rejected
from pipelines.news.refine.spark.ends import limit_of
from pipelines.news.tables import INTERACTION_TYPES, REJECTED_TYPES, TIME
from pipelines.spark.tables import to_polars, to_spark
from script_shared.clock import EARLY_MS, wall_ms
from script_shared.news.params import RefineParams

AFTER_ALL = 1 << 62  # place of the log's clicks


@dataclass
class SparkReads:
    """Counterpart of ``Tally``: the same rows and counts, the rows in Spark.

    Attributes:
        session: of Spark.
        folder: for files between two stages, on a disk that every machine shares.
        kept: table of Spark with the columns ``READS``.
        refused: rejected rows, one part after the other.
        counts: input rows, cut values and erased users; its own lists of rows stay empty.
    """

    session: Any
    folder: Path
    kept: Any
    refused: list[pl.LazyFrame] = field(default_factory=list)
    counts: Tally = field(default_factory=Tally)

    def rejected_table(self) -> pl.LazyFrame:
        """All rejected rows."""
        return pl.concat([pl.LazyFrame(schema=REJECTED_TYPES), *map(as_rejected, self.refused)])

    def facts(self) -> dict[str, Any]:
        """Counts for people, as ``Tally.facts`` returns them."""
        by_reason = self.rejected_table().group_by(c.REASON).len().sort("len", descending=True).collect().rows()
        return {
            **self.counts.facts(),
            "rejected_rows": sum(count for _, count in by_reason),
            "rejected_by_reason": dict(by_reason),
        }

    def reject_ahead(self, users: pl.Series, articles: pl.Series) -> dict[str, Any]:
        """As ``pipelines.news.refine.rows.ahead.reject_ahead``.

        Args:
            users: String, ids of the users in the order of their numbers.
            articles: String, ids of the articles in the order of their numbers.

        Raises:
            InputError: all reads lie ahead of this machine's clock.
        """
        from pyspark.sql import functions as sql

        latest = wall_ms() + EARLY_MS
        possible = self.kept.filter(sql.col(c.TIMESTAMP) <= latest)
        limit = limit_of(possible)
        if limit is None and (rows := self.kept.count()):
            raise all_ahead(rows)
        ahead = (sql.col(c.TIMESTAMP) > latest) | (sql.col(c.TIMESTAMP) >= (limit or 0))
        moved = self._move(ahead, AHEAD, users, articles)
        return facts_ahead(moved, self.last_moment() or 0)

    def reject_behind(self, users: pl.Series, articles: pl.Series) -> dict[str, Any]:
        """As ``pipelines.news.refine.rows.ahead.reject_behind``.

        Args:
            users: String, ids of the users in the order of their numbers.
            articles: String, ids of the articles in the order of their numbers.
        """
        from pyspark.sql import functions as sql

        limit = limit_of(self.kept, backwards=True)
        moved = self._move(-sql.col(c.TIMESTAMP) >= (limit or 0), BEHIND, users, articles)
        begin = self.kept.agg(sql.min(c.TIMESTAMP)).first()[0]
        return facts_behind(moved, begin)

    def last_moment(self) -> int | None:
        """Time of the last kept read, epoch milliseconds; None when there is none."""
        from pyspark.sql import functions as sql

        last: int | None = self.kept.agg(sql.max(c.TIMESTAMP)).first()[0]
        return last

    def add_log(
        self,
        taken: LoggedEvents,
        users: pl.DataFrame,
        articles: pl.Series,
        params: RefineParams,
        engagement: pl.Expr,
        labels: Labels | None = None,
    ) -> MergeResult:
        """Add the log's clicks with ``add_clicks``, which compares them with the reads of the log's users.

        Args:
            taken: clicks, posts, logins and erasures of the log.
            users: user_id, user_type of the files, in the order of their numbers.
            articles: ids in the order of their numbers.
            params: limits, and what happens above them.
            engagement: of a bare click.
            labels: codes that the files' texts have, by column.
        """
        if not taken.clicks.height:
            return MergeResult(users, labels=dict(labels or {}))
        names = taken.clicks[c.USER_ID].unique()
        some = Tally(kept=[self._reads_of(users, names)], rejected=[self._refused_of(names)])
        merged = add_clicks(taken, users, articles, some, params, engagement, labels=labels)
        self.counts.input_rows += some.input_rows
        self.counts.clipped.update(some.clipped)
        self.refused += [part.lazy() for part in some.rejected[1:]]
        self._keep(some.kept[1:])
        return merged

    def reject_doubtful(self, merged: MergeResult, facts: dict[str, Any], articles: pl.Series) -> dict[str, Any]:
        """The facts of ``reject_ahead`` after the log's clicks were added: they move the end of the data only if enough
        users are in them.

        Args:
            merged: what ``add_log`` returned.
            facts: from before that.
            articles: String, ids of the articles in the order of their numbers.
        """
        return join_facts(facts, self.reject_ahead(merged.users[c.USER_ID], articles)) if merged.doubtful else facts

    def _move(self, which: Any, reason: str, users: pl.Series, articles: pl.Series) -> pl.DataFrame:
        """Reject some of the reads, and return them."""
        found = to_polars(self.kept.filter(which).select(*MOVED, PLACE)).sort(PLACE)
        moved = named_moves(
            found.select(pl.col(name).cast(kind) for name, kind in MOVED.items()), reason, users, articles
        )
        if moved.height:
            self.kept = self.kept.filter(~which)
            self.refused.append(rejected_rows(moved, pl.lit(None, pl.String)).lazy())
        return moved

    def _reads_of(self, users: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
        """Reads of some users, and the last read of all, which is the end of the data."""
        from pyspark.sql import functions as sql

        known = users.with_row_index(c.USER).filter(pl.col(c.USER_ID).is_in(names.implode())).select(c.USER)
        wanted = to_spark(self.session, known, {c.USER: pl.Int64()}).withColumn("wanted", sql.lit(True))
        marked = self.kept.join(sql.broadcast(wanted), on=c.USER, how="left")
        rows = marked.filter(sql.col("wanted") | (sql.col(c.TIMESTAMP) == (self.last_moment() or 0)))
        found = to_polars(rows.select(*KEY))
        return found.select(pl.col(name).cast(INTERACTION_TYPES[name]) for name in KEY)

    def _refused_of(self, names: pl.Series) -> pl.DataFrame:
        return self.rejected_table().filter(pl.col(c.USER_ID).is_in(names.implode())).collect()

    def _keep(self, parts: Sequence[pl.DataFrame]) -> None:
        """Add reads after the others."""
        for part in parts:
            rows = part.with_columns(pl.col(c.TIMESTAMP).cast(TIME).to_physical())
            rows = rows.with_row_index(PLACE).with_columns(pl.col(PLACE).cast(pl.Int64) + AFTER_ALL)
            self.kept = self.kept.unionByName(to_spark(self.session, rows, READS))
