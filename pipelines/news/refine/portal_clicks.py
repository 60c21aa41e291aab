"""Refines a parquet of portal clicks: no texts, no login flag, no dwell time; one click is one read."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.times import to_milliseconds, within_bounds
from pipelines.news.refine.events.clicks import add_clicks
from pipelines.news.refine.events.logged_events import NO_EVENTS, LoggedEvents
from pipelines.news.refine.events.posts import extend_catalog
from pipelines.news.refine.rows.ahead import join_facts, reject_ahead, reject_behind
from pipelines.news.refine.rows.label_codes import label_codes, number_texts, whole_sessions
from pipelines.news.refine.rows.login import simulated_login
from pipelines.news.refine.rows.rates import RATES, with_rates
from pipelines.news.refine.rows.rules import judge, rejected_rows
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


def refine_clicks(
    raw: Path, folder: Path, params: RefineParams, run_id: str, taken: LoggedEvents = NO_EVENTS
) -> dict[str, Any]:
    """Write the refined tables of ``raw/clicks.parquet`` and return the facts.

    Users and articles are numbered by their ids. An article is taken as issued at its first click; the login flag is
    simulated. Seconds on page and scroll are null: this source does not measure them.

    Raises:
        InputError: the file is no parquet of clicks.
    """
    tally = Tally()
    clicks = without_erased(_read(raw / FILE), c.CLICK_USER, taken.erased, tally)
    numbers, articles = (clicks[name].unique().sort() for name in (c.CLICK_USER, c.CLICK_ARTICLE))
    labels = _judge(clicks, numbers, articles, params, tally)
    names = numbers.cast(pl.String)
    ahead = reject_ahead(tally, names, articles.cast(pl.String))
    ahead |= reject_behind(tally, names, articles.cast(pl.String))
    article_ids = _write_articles(folder, tally, articles, run_id, taken.posts)
    known = pl.DataFrame({c.USER_ID: names, c.USER_TYPE: _types(clicks, numbers)})
    one = pl.lit(1.0, pl.Float32).alias(c.ENGAGEMENT)
    merged = add_clicks(taken, known, article_ids, tally, params, one, labels=labels)
    if merged.doubtful:
        ahead = join_facts(ahead, reject_ahead(tally, merged.users[c.USER_ID], article_ids))
    users, rows = merged.users, sorted_interactions(tally)
    write_interactions(folder, rows, run_id, {c.USER: users.height, c.ARTICLE: len(article_ids)})
    write_users(folder, users[c.USER_ID], users[c.USER_TYPE], count_reads(rows, users.height), run_id)
    write_labels(folder, merged.labels)
    write_rejected(folder, tally, run_id)
    counts = {"users": users.height, "articles": len(article_ids), "interactions": rows.height}
    return {**counts, **tally.facts(), **merged.facts, **ahead, **window(rows), "login_flag": "simulated"}


def _read(path: Path) -> pl.DataFrame:
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
    clicks = pl.read_parquet(path, columns=list(c.CLICK_COLUMNS), glob=False).with_columns(
        to_milliseconds(pl.col(c.CLICK_TIME))
    )
    _check_clicks(clicks, path.name)
    return clicks


def _check_clicks(clicks: pl.DataFrame, file: str) -> None:
    if not clicks.height:
        raise InputError(f"{file}: holds no click.", fix="Download it again.")
    for name in (c.CLICK_USER, c.CLICK_ARTICLE, c.CLICK_TIME):
        if empty := clicks[name].null_count():
            raise InputError(f"{file}: {empty:,} rows have no {name}.", fix="Every click needs one.")
    odd = clicks.select(within_bounds(pl.col(c.CLICK_TIME)).is_null()).to_series().arg_true()
    if len(odd):
        when = clicks[c.CLICK_TIME][odd[0]]
        raise InputError(
            f"{file}: {len(odd):,} clicks are not between 2000 and 2100, such as {when} in row {odd[0] + 1:,}.",
            fix="click_timestamp must hold seconds or milliseconds since 1970.",
        )


def _judge(
    clicks: pl.DataFrame, users: pl.Series, articles: pl.Series, params: RefineParams, tally: Tally
) -> dict[str, dict[str, int]]:
    """Tally the clicks; the codes of regions and devices that are no small numbers, by column."""
    region, regions = label_codes(number_texts(clicks[c.CLICK_REGION]))
    device, devices = label_codes(number_texts(clicks[c.CLICK_DEVICE]))
    rows = clicks.select(
        pl.lit(users).search_sorted(pl.col(c.CLICK_USER)).cast(pl.UInt32).alias(c.USER),
        pl.lit(articles).search_sorted(pl.col(c.CLICK_ARTICLE)).cast(pl.UInt32).alias(c.ARTICLE),
        pl.col(c.CLICK_TIME).cast(TIME).alias(c.TIMESTAMP),
        *(pl.lit(None, pl.Float32).alias(name) for name in (c.SECONDS, c.SCROLL)),
        *(pl.lit(1.0, pl.Float32).alias(name) for name in (c.CLICKS, c.VISITS, c.ENGAGEMENT)),
        whole_sessions(clicks[c.CLICK_SESSION]).alias(c.SESSION),
        region.alias(c.REGION),
        device.alias(c.DEVICE),
        pl.col(c.CLICK_USER).cast(pl.String).alias(c.USER_ID),
        pl.col(c.CLICK_ARTICLE).cast(pl.String).alias(c.ARTICLE_ID),
    )
    judged = judge(with_rates(rows, params.outliers), params.outliers)
    kept = judged.filter(pl.col(c.REASON).is_null())
    kept = kept.drop(c.REASON, c.VALUE, *RATES, c.USER_ID, c.ARTICLE_ID)
    tally.add(rows.height, kept, rejected_rows(judged, FILE))
    return {c.REGION: regions, c.DEVICE: devices}


def _types(clicks: pl.DataFrame, users: pl.Series) -> pl.Series:
    counts = clicks.group_by(c.CLICK_USER).len().sort(c.CLICK_USER)["len"].to_numpy()
    logged = simulated_login(users.cast(pl.String).to_list(), counts)
    return pl.select(
        pl.when(pl.lit(pl.Series(logged))).then(pl.lit(c.LOGGED)).otherwise(pl.lit(c.NOT_LOGGED))
    ).to_series()


def _write_articles(folder: Path, tally: Tally, articles: pl.Series, run_id: str, posts: pl.DataFrame) -> pl.Series:
    """Write the table of articles; their ids in the order of their numbers.

    An article is issued at its first click that is kept; one without any at the end of the data.
    """
    kept = pl.concat(part.select(c.ARTICLE, c.TIMESTAMP) for part in tally.kept)
    clicked = kept.group_by(c.ARTICLE).agg(pl.col(c.TIMESTAMP).min())
    every = pl.DataFrame({c.CLICK_ARTICLE: articles}).with_row_index(c.ARTICLE)
    last = kept[c.TIMESTAMP].max()
    first = every.join(clicked, on=c.ARTICLE, how="left", maintain_order="left").with_columns(
        pl.col(c.TIMESTAMP).fill_null(last)
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
