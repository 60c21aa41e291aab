"""Refines the tables of the source ``files``: sessions, texts, login, device and region, as far as there are any."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import SEQ
from pipelines.news.raw.addresses import section_and_region
from pipelines.news.raw.times import within_bounds
from pipelines.news.refine.events.clicks import add_clicks
from pipelines.news.refine.events.logged_events import NO_EVENTS, LoggedEvents
from pipelines.news.refine.events.posts import extend_catalog
from pipelines.news.refine.events.visits import logins_of, with_names
from pipelines.news.refine.rows.ahead import join_facts, reject_ahead, reject_behind
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.label_codes import label_codes, session_numbers
from pipelines.news.refine.rows.login import simulated_login
from pipelines.news.refine.rows.rates import RATES, with_rates
from pipelines.news.refine.rows.rules import clip_quantities, judge, rejected_rows
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

CLICKS, ARTICLES = "site_clicks.parquet", "site_articles.parquet"
TEXTS = (c.URL, c.TITLE, c.CAPTION, c.BODY, c.SECTION, c.REGION)
LABELS = (c.REGION, c.DEVICE)


def refine_site(
    raw: Path,
    folder: Path,
    params: RefineParams,
    run_id: str,
    taken: LoggedEvents = NO_EVENTS,
    *,
    simulate_login: bool = False,
) -> dict[str, Any]:
    """Write the refined tables and return the facts.

    A user without an id is the visit, named ``session <id>``. An article without publication counts as published at its
    first click; one that is only clicked is in the catalog without texts. Rows whose id or time is not valid are
    rejected, the same article posted twice keeps its last row.

    Raises:
        InputError: no click is left.
    """
    tally = Tally()
    clicks = _sound(
        without_erased(_users_of(pl.read_parquet(raw / CLICKS, glob=False)), c.USER_ID, taken.erased, tally), tally
    )
    known = _catalog(raw)
    names = clicks[c.USER_ID].unique().sort()
    articles = pl.concat([known[c.ARTICLE_ID], clicks[c.ARTICLE_ID]]).unique(maintain_order=True)
    coded, codes = _encode_clicks(clicks, names, articles)
    judged = judge(with_rates(coded, params.outliers), params.outliers)
    kept, cut = clip_quantities(judged.filter(pl.col(c.REASON).is_null()), params.outliers)
    tally.clipped.update(cut)
    kept = kept.with_columns(engagement(params.engagement)).drop(c.REASON, c.VALUE, *RATES, c.USER_ID, c.ARTICLE_ID)
    tally.add(judged.height, kept, rejected_rows(judged, CLICKS))
    ahead = reject_ahead(tally, names, articles) | reject_behind(tally, names, articles)
    ids = _write_articles(folder, tally, known, articles, run_id, taken.posts)
    types, login = _types(clicks, names, simulate_login=simulate_login)
    users = pl.DataFrame({c.USER_ID: names, c.USER_TYPE: types})
    merged = add_clicks(taken, users, ids, tally, params, engagement(params.engagement), labels=codes)
    if merged.doubtful:
        ahead = join_facts(ahead, reject_ahead(tally, merged.users[c.USER_ID], ids))
    facts = _write(folder, tally, merged.users, ids, run_id)
    write_labels(folder, merged.labels)
    return {**facts, **tally.facts(), **merged.facts, **ahead, "login_flag": login}


def _users_of(clicks: pl.DataFrame) -> pl.DataFrame:
    """The clicks with names: of a visit in which a user was seen the user's, by the rule of the live state."""
    plain = clicks.with_columns(
        pl.col(c.SITE_USER).fill_null("").alias(c.USER_ID),
        pl.col("session").fill_null("").alias(c.SESSION),
        pl.col("time_ms").fill_null(0).rank("ordinal").cast(pl.Int64).alias(SEQ),
    )
    named = with_names(plain, logins_of(plain, plain.clear())).drop(SEQ)
    return named.with_columns(
        pl.when(pl.col(name) != "").then(name).alias(name) for name in (c.USER_ID, c.SESSION)
    ).rename({"article": c.ARTICLE_ID})


def _sound(clicks: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """The clicks whose ids and time can be used; the others are rejected with their reason."""
    time_ms = within_bounds(pl.col("time_ms"))
    reason = (
        pl.when("bad_id")
        .then(pl.lit("id_not_valid"))
        .when(pl.col(c.USER_ID).is_null())
        .then(pl.lit("user_unknown"))
        .when(pl.col(c.ARTICLE_ID).is_null())
        .then(pl.lit("article_unknown"))
        .when(time_ms.is_null())
        .then(pl.lit("time_not_valid"))
    )
    judged = clicks.with_columns(
        reason.alias(c.REASON), pl.lit(None, pl.Float64).alias(c.VALUE), time_ms.cast(TIME).alias(c.TIMESTAMP)
    )
    refused = judged.filter(pl.col(c.REASON).is_not_null())
    if refused.height == judged.height:
        counts = ", ".join(f"{name} {count:,}" for name, count in refused[c.REASON].value_counts().rows())
        raise InputError(
            f"no click can be used: {counts or 'the files hold none'}.", fix="See check-data for the columns."
        )
    tally.add(refused.height, pl.DataFrame(), rejected_rows(refused, CLICKS))
    tally.kept.clear()
    return judged.filter(pl.col(c.REASON).is_null()).drop(c.REASON, c.VALUE)


def _catalog(raw: Path) -> pl.DataFrame:
    """article_id, the texts, issued (null where unknown); of rows with the same id, the last one."""
    if not (raw / ARTICLES).is_file():
        return pl.DataFrame(schema={name: pl.String() for name in (c.ARTICLE_ID, *TEXTS)} | {c.ISSUED: TIME})
    rows = pl.read_parquet(raw / ARTICLES, glob=False).filter(~pl.col("bad_id") & pl.col("article").is_not_null())
    section, region = section_and_region("url")
    named = rows.with_columns(section.alias("of_url"), region.alias("region_of_url"))
    return named.unique("article", keep="last", maintain_order=True).select(
        pl.col("article").alias(c.ARTICLE_ID),
        pl.col("url").alias(c.URL),
        pl.col("title").alias(c.TITLE),
        pl.col("summary").alias(c.CAPTION),
        pl.col("text").alias(c.BODY),
        pl.when(pl.col("section") != "").then("section").otherwise("of_url").alias(c.SECTION),
        pl.when(pl.col("region") != "").then("region").otherwise("region_of_url").alias(c.REGION),
        within_bounds(pl.col("issued_ms")).cast(TIME).alias(c.ISSUED),
    )


def _encode_clicks(
    clicks: pl.DataFrame, names: pl.Series, articles: pl.Series
) -> tuple[pl.DataFrame, dict[str, dict[str, int]]]:
    """One row per click with numbers instead of ids and labels, and the codes of labels, by column."""
    codes: dict[str, dict[str, int]] = {}
    columns = [session_numbers(clicks["session"]).alias(c.SESSION)]
    for name in LABELS:
        series, codes[name] = label_codes(clicks[name].fill_null(""))
        columns.append(series.alias(name))
    numbered = clicks.select(
        pl.col(c.USER_ID).cast(pl.Enum(names)).to_physical().cast(pl.UInt32).alias(c.USER),
        pl.col(c.ARTICLE_ID).cast(pl.Enum(articles)).to_physical().cast(pl.UInt32).alias(c.ARTICLE),
        c.TIMESTAMP,
        pl.col("seconds").alias(c.SECONDS),
        pl.col("scroll").alias(c.SCROLL),
        *(pl.lit(1.0, pl.Float32).alias(name) for name in (c.CLICKS, c.VISITS)),
        c.USER_ID,
        c.ARTICLE_ID,
    )
    return numbered.with_columns(columns), codes


def _types(clicks: pl.DataFrame, names: pl.Series, *, simulate_login: bool) -> tuple[pl.Series, str]:
    """Logged or not, in the order of the users, and where that comes from."""
    if clicks["logged"].null_count() < clicks.height:
        flags = clicks.group_by(c.USER_ID).agg(pl.col("logged").any()).sort(c.USER_ID)["logged"].fill_null(False)
        source = "files"
    elif simulate_login:
        counts = clicks.group_by(c.USER_ID).len().sort(c.USER_ID)["len"].to_numpy()
        flags, source = pl.Series(simulated_login(names.to_list(), counts)), "simulated"
    else:
        flags, source = pl.Series(np.zeros(len(names), bool)), "none"
    named = pl.select(pl.when(pl.lit(flags)).then(pl.lit(c.LOGGED)).otherwise(pl.lit(c.NOT_LOGGED)))
    return named.to_series(), source


def _write_articles(
    folder: Path, tally: Tally, known: pl.DataFrame, articles: pl.Series, run_id: str, posts: pl.DataFrame
) -> pl.Series:
    """Write the table of articles; their ids in the order of their numbers."""
    kept = pl.concat(part.select(c.ARTICLE, c.TIMESTAMP) for part in tally.kept)
    first = kept.group_by(c.ARTICLE).agg(pl.col(c.TIMESTAMP).min())
    every = pl.DataFrame({c.ARTICLE_ID: articles}).with_row_index(c.ARTICLE)
    table = every.join(first, on=c.ARTICLE, how="left", maintain_order="left")
    table = table.join(known, on=c.ARTICLE_ID, how="left", maintain_order="left")
    table = table.with_columns(
        pl.coalesce(c.ISSUED, c.TIMESTAMP, pl.lit(kept[c.TIMESTAMP].max(), TIME)).alias(c.ISSUED),
        *(pl.col(name).fill_null("") for name in TEXTS),
    ).select(c.ARTICLE_ID, *(name for name in (c.URL, c.TITLE, c.CAPTION, c.BODY, c.ISSUED, c.SECTION, c.REGION)))
    table = extend_catalog(table.lazy(), posts).with_row_index(c.ARTICLE).collect()
    check("articles", table, run_id)
    table.write_parquet(table_path(folder, "articles"))
    return table[c.ARTICLE_ID]


def _write(folder: Path, tally: Tally, users: pl.DataFrame, articles: pl.Series, run_id: str) -> dict[str, Any]:
    rows = sorted_interactions(tally)
    write_interactions(folder, rows, run_id, {c.USER: users.height, c.ARTICLE: len(articles)})
    write_users(folder, users[c.USER_ID], users[c.USER_TYPE], count_reads(rows, users.height), run_id)
    write_rejected(folder, tally, run_id)
    return {"users": users.height, "articles": len(articles), "interactions": rows.height, **window(rows)}
