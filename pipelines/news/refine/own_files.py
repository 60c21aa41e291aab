"""Refines the tables of the source ``files``: sessions, texts, login, device and region, as far as there are any."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import SEQ
from pipelines.news.raw.times import within_bounds
from pipelines.news.refine.events.clicks import Labels, add_clicks
from pipelines.news.refine.events.logged_events import NO_EVENTS, LoggedEvents
from pipelines.news.refine.events.visits import logins_of, with_names
from pipelines.news.refine.own_articles import catalog, write_articles
from pipelines.news.refine.rows.ahead import join_facts, reject_ahead, reject_behind
from pipelines.news.refine.rows.engagement import engagement
from pipelines.news.refine.rows.first_clicks import first_clicks
from pipelines.news.refine.rows.judged import judge_rows
from pipelines.news.refine.rows.label_codes import label_codes, session_numbers
from pipelines.news.refine.rows.login import simulated_login
from pipelines.news.refine.rows.rules import rejected_rows
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
from pipelines.news.tables import TIME
from script_shared.errors import InputError
from script_shared.news.params import RefineParams

CLICKS = "site_clicks.parquet"
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
    named = without_erased(users_of(pl.read_parquet(raw / CLICKS, glob=False)), c.USER_ID, taken.erased, tally)
    clicks = _sound(named, tally)
    known = catalog(raw)
    names = clicks[c.USER_ID].unique().sort()
    articles = pl.concat([known[c.ARTICLE_ID], clicks[c.ARTICLE_ID]]).unique(maintain_order=True)
    codes = {name: label_codes(clicks[name].fill_null(""))[1] for name in LABELS}
    judged = judge_rows(encode(clicks, names, articles, codes), params, CLICKS, measured=True)
    tally.clipped.update(judged.clipped)
    tally.add(clicks.height, judged.kept, judged.rejected)
    ahead = reject_ahead(tally, names, articles) | reject_behind(tally, names, articles)
    ids = write_articles(folder, first_clicks(tally), known, articles, run_id, taken.posts)
    counts = clicks.group_by(c.USER_ID).agg(pl.len(), pl.col("logged").any(), pl.col("logged").count().alias("told"))
    types, login = login_types(counts.sort(c.USER_ID), simulate_login=simulate_login)
    users = pl.DataFrame({c.USER_ID: names, c.USER_TYPE: types})
    merged = add_clicks(taken, users, ids, tally, params, engagement(params.engagement), labels=codes)
    if merged.doubtful:
        ahead = join_facts(ahead, reject_ahead(tally, merged.users[c.USER_ID], ids))
    facts = _write(folder, tally, merged.users, ids, run_id)
    write_labels(folder, merged.labels)
    return {**facts, **tally.facts(), **merged.facts, **ahead, "login_flag": login}


def users_of(clicks: pl.DataFrame) -> pl.DataFrame:
    """The clicks with names: a click of a visit in which a user was seen has that user, by the rule of the live state.

    Args:
        clicks: the table ``CLICKS`` of the raw run; it must have all clicks of a visit.

    Returns:
        its columns with ``user_id`` and ``session`` (null for none), and ``article_id`` instead of ``article``.
    """
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
    judged = with_reasons(clicks)
    refused = judged.filter(pl.col(c.REASON).is_not_null())
    if refused.height == judged.height:
        raise no_click(dict(refused[c.REASON].value_counts().rows()))
    tally.refuse(rejected_rows(refused, CLICKS))
    return judged.filter(pl.col(c.REASON).is_null()).drop(c.REASON, c.VALUE)


def no_click(counts: Mapping[str, int]) -> InputError:
    """The error when no click can be used.

    Args:
        counts: of rejected clicks by reason.
    """
    said = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return InputError(f"no click can be used: {said or 'the files hold none'}.", fix="See check-data for the columns.")


def with_reasons(clicks: pl.DataFrame) -> pl.DataFrame:
    """Add to each click its time, and the reason if its ids or its time cannot be used (else null).

    Args:
        clicks: as ``users_of`` returns them.

    Returns:
        the clicks in their order with ``reason``, ``value`` (null) and ``timestamp``.
    """
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
    return clicks.with_columns(
        reason.alias(c.REASON), pl.lit(None, pl.Float64).alias(c.VALUE), time_ms.cast(TIME).alias(c.TIMESTAMP)
    )


def encode(clicks: pl.DataFrame, names: pl.Series, articles: pl.Series, codes: Labels) -> pl.DataFrame:
    """Clicks as ``judge_rows`` takes them: numbers instead of ids and labels.

    Args:
        clicks: whose ids and times can be used.
        names: ids of all users, ascending.
        articles: ids of all articles, in the order of their numbers.
        codes: of regions and devices that are texts, by column.

    Returns:
        one row for each click, in their order.
    """
    columns = [session_numbers(clicks["session"]).alias(c.SESSION)]
    columns += [label_codes(clicks[name].fill_null(""), codes[name])[0].alias(name) for name in LABELS]
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
    return numbered.with_columns(columns)


def login_types(counts: pl.DataFrame, *, simulate_login: bool) -> tuple[pl.Series, str]:
    """Whether each user is logged, in the order of the users, and the source of these values.

    Args:
        counts: of each user, ascending by id: ``len`` (clicks), ``logged`` (in any of them), ``told`` (clicks that
            say whether the user was logged in).
        simulate_login: whether logins are simulated if no click says whether its user was logged in.

    Returns:
        String (users), and ``files``, ``simulated`` or ``none``.
    """
    if (counts["told"] > 0).any():
        flags, source = counts["logged"].fill_null(False), "files"
    elif simulate_login:
        flags = pl.Series(simulated_login(counts[c.USER_ID].to_list(), counts["len"].to_numpy()))
        source = "simulated"
    else:
        flags, source = pl.Series(np.zeros(counts.height, bool)), "none"
    named = pl.select(pl.when(pl.lit(flags)).then(pl.lit(c.LOGGED)).otherwise(pl.lit(c.NOT_LOGGED)))
    return named.to_series(), source


def _write(folder: Path, tally: Tally, users: pl.DataFrame, articles: pl.Series, run_id: str) -> dict[str, Any]:
    rows = sorted_interactions(tally)
    write_interactions(folder, rows, run_id, {c.USER: users.height, c.ARTICLE: len(articles)})
    write_users(folder, users[c.USER_ID], users[c.USER_TYPE], count_reads(rows, users.height), run_id)
    write_rejected(folder, tally.rejected_table(), run_id)
    return {"users": users.height, "articles": len(articles), "interactions": rows.height, **window(rows)}
