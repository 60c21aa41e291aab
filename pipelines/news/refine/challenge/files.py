"""Refines the challenge's files: items, histories and, where there is one, the validation file."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.csv_files import HISTORIES, ITEMS, find_files
from pipelines.news.raw.ids import ArticleNumbers
from pipelines.news.refine.challenge.articles import refine_articles
from pipelines.news.refine.challenge.histories import refine_histories
from pipelines.news.refine.challenge.validation import refine_validation
from pipelines.news.refine.events.clicks import add_clicks
from pipelines.news.refine.events.logged_events import NO_EVENTS, LoggedEvents
from pipelines.news.refine.rows.ahead import join_facts, reject_ahead, reject_behind
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.refine.rows.write import (
    count_reads,
    last_moment,
    sorted_interactions,
    window,
    write_interactions,
    write_labels,
    write_rejected,
    write_users,
)
from script_shared.news.params import RefineParams


def refine_challenge(
    raw: Path, folder: Path, params: RefineParams, run_id: str, taken: LoggedEvents = NO_EVENTS
) -> dict[str, Any]:
    """Write the refined tables of the challenge's layout and return the facts.

    Args:
        raw: folder of the run's raw data.
        folder: where the tables are written.
        params: what is kept and how it is weighted.
        run_id: for messages.
        taken: what the event log adds.

    Returns:
        ``users``, ``articles``, ``interactions``, ``input_rows``, ``rejected_rows``, counts by reason, the window of
        time, and ``validation`` where there is a validation file.

    Raises:
        InputError: the files are malformed; names file, user or line.
    """
    history_files = find_files(raw, HISTORIES, c.HISTORY_COLUMNS)
    item_files = find_files(raw, ITEMS, c.ITEM_COLUMNS)
    tally = Tally()
    article_ids = refine_articles(item_files, folder, run_id, taken.posts, tally)
    articles = ArticleNumbers(article_ids)
    users = refine_histories(history_files, articles, params, tally, taken.erased)
    ahead = reject_ahead(tally, users[c.USER_ID], article_ids)
    ahead |= reject_behind(tally, users[c.USER_ID], article_ids)
    merged = add_clicks(taken, users, article_ids, tally, params, engagement(params.engagement))
    users = merged.users
    if merged.doubtful:
        ahead = join_facts(ahead, reject_ahead(tally, users[c.USER_ID], article_ids))
    end = last_moment(tally) if taken.clicks.height else None
    held_out = refine_validation(
        raw, folder, pl.Enum(users[c.USER_ID]), articles, run_id, erased=taken.erased, after=end
    )
    facts: dict[str, Any] = {"users": users.height, "articles": len(article_ids)}
    facts |= _write_reads(folder, users, len(article_ids), tally, run_id)
    write_labels(folder, merged.labels)
    facts |= tally.facts() | merged.facts | ahead
    if held_out:
        tally.rejected += held_out.rejected
        facts["validation"] = held_out.facts() | {"rows": held_out.kept[0].height}
    write_rejected(folder, tally.rejected_table(), run_id)
    return facts


def _write_reads(folder: Path, users: pl.DataFrame, articles: int, tally: Tally, run_id: str) -> dict[str, Any]:
    rows = sorted_interactions(tally)
    write_users(folder, users[c.USER_ID], users[c.USER_TYPE], count_reads(rows, users.height), run_id)
    write_interactions(folder, rows, run_id, {c.USER: users.height, c.ARTICLE: articles})
    return {"interactions": rows.height, **window(rows)}
