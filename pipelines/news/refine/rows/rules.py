"""Which interactions are kept: each row gets its first reason to be rejected, or none, and large values are cut."""

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.ids import REASON as BAD_ID
from pipelines.news.raw.ids import is_bad_article
from pipelines.news.refine.rows.rates import DAILY, DAY_PLACE, DAY_READS, DAYS, ROBOT_DAYS
from pipelines.news.tables import REJECTED_TYPES
from script_shared.news.params import Limit, OutlierParams

_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93], np.uint64)  # odd, of hashes


def limits(params: OutlierParams) -> dict[str, Limit]:
    """The limit of each quantity, by its column."""
    return {
        c.SECONDS: params.seconds_on_page,
        c.CLICKS: params.clicks,
        c.SCROLL: params.scroll_percent,
        c.VISITS: params.page_visits,
    }


def _rules(params: OutlierParams) -> list[tuple[str, pl.Expr, pl.Expr]]:
    """Reason, condition and offending value of each rule; the first that applies counts."""
    none = pl.lit(None, pl.Float64)
    daily = params.reads_per_day
    beyond = pl.col(DAY_PLACE) >= daily.max if daily.action == "clip" else pl.lit(True)
    robot = (pl.col(DAYS) >= ROBOT_DAYS) & (pl.col(DAILY) > params.robot_reads_per_day)
    rules = [
        ("robot", robot, pl.col(DAILY)),
        ("too_many_a_day", (pl.col(DAY_READS) > daily.max) & beyond, pl.col(DAY_READS).cast(pl.Float64)),
        (BAD_ID, is_bad_article(), none),
        ("article_unknown", pl.col(c.ARTICLE).is_null(), none),
        ("duplicate_read", _repeats(), none),
    ]
    for name in c.QUANTITIES:
        value = pl.col(name).cast(pl.Float64)
        rules.append((f"{name}_not_valid", ~value.is_finite() | (value < 0), value))
    for name, limit in limits(params).items():
        if limit.action == "reject":
            value = pl.col(name).cast(pl.Float64)
            rules.append((f"{name}_above_max", value > limit.max, value))
    return rules


def _repeats() -> pl.Expr:
    """Whether the same user read the same article at the same time in an earlier row."""
    return pl.struct(c.USER, c.ARTICLE, c.TIMESTAMP).map_batches(_find_repeats, return_dtype=pl.Boolean())


def _find_repeats(reads: pl.Series) -> pl.Series:
    """Rows are compared only if hashes of numbers, which compare faster, are equal."""
    parts = reads.struct.unnest()
    user, article = (parts[name].cast(pl.UInt64).fill_null(2**32).to_numpy() for name in (c.USER, c.ARTICLE))
    time = parts[c.TIMESTAMP].to_physical().fill_null(-1).to_numpy().astype(np.uint64)
    alike = pl.Series(((user * _FACTORS[0]) ^ time) * _FACTORS[1] + article * _FACTORS[2]).is_duplicated()
    places = alike.arg_true()
    again = ~parts[places].select(pl.struct(pl.all()).is_first_distinct()).to_series()
    return pl.repeat(False, len(reads), dtype=pl.Boolean, eager=True).scatter(places, again)


def judge(rows: pl.DataFrame, params: OutlierParams) -> pl.DataFrame:
    """Add ``reason`` (null when the row is kept) and ``value``.

    Args:
        rows: user, article (null when unknown), article_id, timestamp, the four quantities (null when the source does
            not measure one), and the columns of :func:`pipelines.news.refine.rows.rates.with_rates`.
        params: limits and what happens above them.

    Returns:
        the rows in their order; ``reason`` is the first rule that rejects the row, ``value`` the quantity that broke
        it.
    """
    rules = _rules(params)
    flags = rows.select(holds.fill_null(False).alias(name) for name, holds, _ in rules)
    places = flags.select(pl.any_horizontal(pl.all())).to_series().arg_true()
    reason: pl.Expr = pl.lit(None, pl.String)
    value: pl.Expr = pl.lit(None, pl.Float64)
    for name, _, blamed in reversed(rules):
        holds = flags[name].gather(places)
        reason = pl.when(holds).then(pl.lit(name)).otherwise(reason)
        value = pl.when(holds).then(blamed).otherwise(value)
    some = rows[places].select(reason.alias(c.REASON), value.alias(c.VALUE))
    return rows.with_columns(
        pl.repeat(None, rows.height, dtype=some[name].dtype, eager=True).alias(name).scatter(places, some[name])
        for name in (c.REASON, c.VALUE)
    )


def clip_quantities(rows: pl.DataFrame, params: OutlierParams) -> tuple[pl.DataFrame, dict[str, int]]:
    """Cut the quantities to their maximum where the params say so; also how many values each cut changed.

    Args:
        rows: with the quantities; null stays null.
        params: limits; those with the action ``clip`` are used.

    Returns:
        the rows in their order, and the number of changed values by quantity.
    """
    cut = {name: limit.max for name, limit in limits(params).items() if limit.action == "clip"}
    counts = rows.select((pl.col(name) > top).sum() for name, top in cut.items()).row(0) if cut else ()
    kept = rows.with_columns(pl.col(name).clip(upper_bound=top) for name, top in cut.items())
    return kept, dict(zip(cut, counts, strict=True))


def rejected_rows(judged: pl.DataFrame, file: pl.Expr | str) -> pl.DataFrame:
    """The rejected rows as the table `rejected`; ``judged`` holds user_id and article_id.

    Args:
        judged: as ``judge`` gives it.
        file: name of the rows' file, or the column that holds it.

    Returns:
        the columns and types of ``REJECTED_TYPES``.
    """
    where = pl.lit(file) if isinstance(file, str) else file
    rows = judged.filter(pl.col(c.REASON).is_not_null()).with_columns(where.alias(c.FILE))
    return rows.select(pl.col(name).cast(kind) for name, kind in REJECTED_TYPES.items())
