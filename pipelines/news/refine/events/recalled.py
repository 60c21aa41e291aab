"""Clicks of the log that are in no table. A release must recall them, or read articles would come back."""

from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import QUARANTINED, SEQ
from pipelines.news.refine.events.visits import OF_VISIT
from pipelines.news.tables import check, table_path

MOST = 500_000  # the newest; older articles are mostly no longer shown


def write_recalled(folder: Path, clicks: pl.DataFrame, left_out: pl.DataFrame, run_id: str) -> int:
    """Write the numbers of the log's clicks whose user and article are not together in the interactions.

    Whatever the reason: the article was posted after the click, a limit was passed, a time lay ahead, the user was
    erased once. What a visit read without its user is the visit's, too. So every click of the log is a read that the
    release knows, or among these, or in quarantine.

    Args:
        folder: of the refined run; its interactions are written already.
        clicks: seq, user_id (see ``with_names``), article_id.
        left_out: see ``LoggedEvents``.
        run_id: for messages.

    Returns:
        how many there are.
    """
    numbers = pl.concat([_not_kept(folder, clicks), left_out.select(SEQ)]).unique().sort(SEQ).tail(MOST)
    check("recalled", numbers, run_id)
    numbers.write_parquet(table_path(folder, "recalled"))
    return numbers.height


def _not_kept(folder: Path, clicks: pl.DataFrame) -> pl.DataFrame:
    wanted = clicks.filter((pl.col(c.USER_ID) != "") & ~pl.col(QUARANTINED))
    users = pl.scan_parquet(table_path(folder, "users"), glob=False).select(c.USER, c.USER_ID)
    articles = pl.scan_parquet(table_path(folder, "articles"), glob=False).select(c.ARTICLE, c.ARTICLE_ID)
    reads = pl.scan_parquet(table_path(folder, "interactions"), glob=False).select(c.USER, c.ARTICLE)
    concerned = users.join(wanted.lazy().select(c.USER_ID), on=c.USER_ID, how="semi")
    kept = reads.join(concerned, on=c.USER).join(articles, on=c.ARTICLE).select(c.USER_ID, c.ARTICLE_ID)
    not_kept = wanted.lazy().join(kept, on=[c.USER_ID, c.ARTICLE_ID], how="anti").select(SEQ).collect()
    return pl.concat([not_kept, wanted.filter(OF_VISIT).select(SEQ)])
