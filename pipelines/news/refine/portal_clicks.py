"""Refines a parquet of portal clicks: no texts, no login flag, no dwell time; one click is one read."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.times import to_milliseconds, within_bounds
from pipelines.news.refine.events.clicks import Labels, add_clicks
from pipelines.news.refine.events.logged_events import NO_EVENTS, LoggedEvents
from pipelines.news.refine.events.posts import extend_catalog
from pipelines.news.refine.rows.ahead import join_facts, reject_ahead, reject_behind
from pipelines.news.refine.rows.first_clicks import LAST, first_clicks
from pipelines.news.refine.rows.judged import judge_rows
from pipelines.news.refine.rows.label_codes import label_codes, number_texts, whole_sessions
from pipelines.news.refine.rows.login import simulated_login
from pipelines.news.refine.rows.tally import Tally, without_erased
from pipelines.news.refine.rows.write import (
    count_reads,
    sorted_interactions,
    window,
    write_interactions,
    write_labels,
    write_rejected,
    write_users,
)
from pipelines.news.tables import TIME, check, table_path
from script_shared.errors import InputError
from script_shared.news.params import RefineParams

FILE = "clicks.parquet"
CODED = {c.REGION: c.CLICK_REGION, c.DEVICE: c.CLICK_DEVICE}


def refine_clicks(
    raw: Path, folder: Path, params: RefineParams, run_id: str, taken: LoggedEvents = NO_EVENTS
) -> dict[str, Any]:
    """Write the refined tables of ``raw/clicks.parquet`` and return the facts.

    Users and articles are numbered by their ids. An article is taken as issued at its first click; the login flag is
    simulated. Seconds on page and scroll are null: this source does not measure them.

    Raises:
        InputError: the file is not a parquet file of clicks.
    """
    tally = Tally()
    clicks = without_erased(_read(raw / FILE), c.CLICK_USER, taken.erased, tally)
    numbers, articles = (clicks[name].unique().sort() for name in (c.CLICK_USER, c.CLICK_ARTICLE))
    labels = {name: label_codes(number_texts(clicks[column]))[1] for name, column in CODED.items()}
    judged = judge_rows(encode(clicks, numbers, articles, labels), params, FILE, measured=False)
    tally.add(clicks.height, judged.kept, judged.rejected)
    names = numbers.cast(pl.String)
    ahead = reject_ahead(tally, names, articles.cast(pl.String))
    ahead |= reject_behind(tally, names, articles.cast(pl.String))
    article_ids = write_articles(folder, first_clicks(tally), articles, run_id, taken.posts)
    counts = clicks.group_by(c.CLICK_USER).len().sort(c.CLICK_USER)["len"]
    known = pl.DataFrame({c.USER_ID: names, c.USER_TYPE: login_types(names, counts)})
    one = pl.lit(1.0, pl.Float32).alias(c.ENGAGEMENT)
    merged = add_clicks(taken, known, article_ids, tally, params, one, labels=labels)
    if merged.doubtful:
        ahead = join_facts(ahead, reject_ahead(tally, merged.users[c.USER_ID], article_ids))
    users, rows = merged.users, sorted_interactions(tally)
    write_interactions(folder, rows, run_id, {c.USER: users.height, c.ARTICLE: len(article_ids)})
    write_users(folder, users[c.USER_ID], users[c.USER_TYPE], count_reads(rows, users.height), run_id)
    write_labels(folder, merged.labels)
    write_rejected(folder, tally.rejected_table(), run_id)
    sizes = {"users": users.height, "articles": len(article_ids), "interactions": rows.height}
    return {**sizes, **tally.facts(), **merged.facts, **ahead, **window(rows), "login_flag": "simulated"}


def _read(path: Path) -> pl.DataFrame:
    check_clicks(path)
    return pl.read_parquet(path, columns=list(c.CLICK_COLUMNS), glob=False).with_columns(in_milliseconds())


def _check_columns(path: Path) -> None:
    try:
        have = pl.scan_parquet(path, glob=False).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path.name}: not a readable parquet file ({reason}).", fix="Download it again.") from error
    missing = [name for name in c.CLICK_COLUMNS if name not in have]
    if missing:
        raise InputError(f"{path.name}: column {', '.join(missing)} is missing.", fix="Use a parquet of portal clicks.")
    wrong = [name for name in c.CLICK_COLUMNS if not have[name].is_integer()]
    if wrong:
        raise InputError(f"{path.name}: column {wrong[0]} is {have[wrong[0]]}.", fix="It must hold whole numbers.")


def in_milliseconds() -> pl.Expr:
    """The times of clicks in milliseconds, whatever unit the file has."""
    return to_milliseconds(pl.col(c.CLICK_TIME))


def check_clicks(path: Path) -> None:
    """Check columns and times of the file, column by column, so that memory stays small.

    Args:
        path: of the file.

    Raises:
        InputError: it is not a parquet file of clicks, has no clicks, or a cell is empty or not a time.
    """
    _check_columns(path)
    rows = pl.scan_parquet(path, glob=False).select(c.CLICK_USER, c.CLICK_ARTICLE, in_milliseconds())
    odd = within_bounds(pl.col(c.CLICK_TIME)).is_null()
    names = (c.CLICK_USER, c.CLICK_ARTICLE, c.CLICK_TIME)
    counts = (
        rows.select(
            pl.len(),
            *(pl.col(name).null_count().alias(f"no {name}") for name in names),
            odd.sum().alias("odd"),
            odd.arg_max().alias("place"),
            pl.col(c.CLICK_TIME).filter(odd).first().alias("when"),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    if not counts["len"]:
        raise InputError(f"{path.name}: holds no click.", fix="Download it again.")
    for name in names:
        if empty := counts[f"no {name}"]:
            raise InputError(f"{path.name}: {empty:,} rows have no {name}.", fix="Every click needs one.")
    if counts["odd"]:
        where = f"such as {counts['when']} in row {counts['place'] + 1:,}"
        raise InputError(
            f"{path.name}: {counts['odd']:,} clicks are not between 2000 and 2100, {where}.",
            fix="click_timestamp must hold seconds or milliseconds since 1970.",
        )


def encode(clicks: pl.DataFrame, users: pl.Series, articles: pl.Series, labels: Labels) -> pl.DataFrame:
    """Clicks as ``judge_rows`` takes them.

    Args:
        clicks: the columns of the file, times in milliseconds.
        users: ids of all users, ascending.
        articles: ids of all articles, ascending.
        labels: codes of regions and devices that are not small numbers, by column.

    Returns:
        one row for each click, in their order.
    """
    codes = [label_codes(number_texts(clicks[column]), labels[name])[0].alias(name) for name, column in CODED.items()]
    return clicks.select(
        pl.lit(users).search_sorted(pl.col(c.CLICK_USER)).cast(pl.UInt32).alias(c.USER),
        pl.lit(articles).search_sorted(pl.col(c.CLICK_ARTICLE)).cast(pl.UInt32).alias(c.ARTICLE),
        pl.col(c.CLICK_TIME).cast(TIME).alias(c.TIMESTAMP),
        *(pl.lit(None, pl.Float32).alias(name) for name in (c.SECONDS, c.SCROLL)),
        *(pl.lit(1.0, pl.Float32).alias(name) for name in (c.CLICKS, c.VISITS, c.ENGAGEMENT)),
        whole_sessions(clicks[c.CLICK_SESSION]).alias(c.SESSION),
        *codes,
        pl.col(c.CLICK_USER).cast(pl.String).alias(c.USER_ID),
        pl.col(c.CLICK_ARTICLE).cast(pl.String).alias(c.ARTICLE_ID),
    )


def login_types(names: pl.Series, clicks: pl.Series) -> pl.Series:
    """Simulated logins of users.

    Args:
        names: String (n), ids.
        clicks: how many clicks each has, at least 1.

    Returns:
        String (n), logged in or not.
    """
    logged = simulated_login(names.to_list(), clicks.to_numpy())
    return pl.select(
        pl.when(pl.lit(pl.Series(logged))).then(pl.lit(c.LOGGED)).otherwise(pl.lit(c.NOT_LOGGED))
    ).to_series()


def write_articles(
    folder: Path, clicked: pl.DataFrame, articles: pl.Series, run_id: str, posts: pl.DataFrame
) -> pl.Series:
    """Write the table of articles.

    An article is issued at its first kept click, or at the end of the data if it has none.

    Args:
        folder: of the refined run.
        clicked: as ``first_clicks`` returns it.
        articles: ids of all articles, ascending.
        run_id: for messages.
        posts: what was posted about articles.

    Returns:
        their ids in the order of their numbers.
    """
    every = pl.DataFrame({c.CLICK_ARTICLE: articles}).with_row_index(c.ARTICLE)
    first = every.join(clicked, on=c.ARTICLE, how="left", maintain_order="left").with_columns(
        pl.coalesce(c.TIMESTAMP, pl.lit(clicked[LAST].max(), TIME)).alias(c.TIMESTAMP)
    )
    texts = (c.URL, c.TITLE, c.CAPTION, c.BODY)
    table = first.select(
        pl.col(c.CLICK_ARTICLE).cast(pl.String).alias(c.ARTICLE_ID),
        *(pl.lit("").alias(name) for name in texts),
        pl.col(c.TIMESTAMP).cast(TIME).alias(c.ISSUED),
        *(pl.lit("").alias(name) for name in (c.SECTION, c.REGION)),
    )
    table = extend_catalog(table.lazy(), posts).with_row_index(c.ARTICLE).collect()
    check("articles", table, run_id)
    table.write_parquet(table_path(folder, "articles"))
    return table[c.ARTICLE_ID]
