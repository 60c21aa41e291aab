"""Ids of raw files, by the rule of requests: surrounding white space is ignored, and invalid ids are rejected."""

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.texts import bad_id, clean_id
from pipelines.news.tables import REJECTED_TYPES
from script_shared.names import MAX_ID

REASON = "id_not_valid"
NOTHING = pl.lit(None, pl.String)


def rejected_ids(
    rows: pl.LazyFrame, *, file: pl.Expr, user: pl.Expr = NOTHING, article: pl.Expr = NOTHING
) -> pl.LazyFrame:
    """Rows with an invalid user or article id, as the table ``rejected``; long ids are cut.

    Args:
        file: path of the file.
    """
    columns = {
        c.USER_ID: user.str.slice(0, MAX_ID + 1),
        c.ARTICLE_ID: article.str.slice(0, MAX_ID + 1),
        c.FILE: file.str.extract(r"([^/\\\\]+)$"),
        c.REASON: pl.lit(REASON),
    }
    return rows.select(columns.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in REJECTED_TYPES.items())


def with_article_numbers(rows: pl.DataFrame, articles: pl.Enum) -> pl.DataFrame:
    """Add the number of each article, null for an unknown one; ids that are not known as they are get cleaned first.

    Args:
        rows: with ``article_id``.
        articles: the known ids, which are clean, in the order of their numbers.
    """
    numbered = rows.with_columns(_number(articles))
    places = numbered[c.ARTICLE].is_null().arg_true()
    if not len(places):
        return numbered
    some = numbered[places].select(clean_id(c.ARTICLE_ID).fill_null("")).with_columns(_number(articles))
    cleaned = (numbered[name].scatter(places, some[name]) for name in some.columns)
    return numbered.with_columns(cleaned)


def is_bad_article() -> pl.Expr:
    """Whether an article that is not known has an invalid id; ids are clean here."""
    return bad_id(_unknown())


def _unknown() -> pl.Expr:
    """The ids of articles that are not known, null for others: most are known, and need no look at their letters."""
    return pl.when(pl.col(c.ARTICLE).is_null()).then(pl.col(c.ARTICLE_ID))


def _number(articles: pl.Enum) -> pl.Expr:
    return pl.col(c.ARTICLE_ID).cast(articles, strict=False).to_physical().cast(pl.UInt32).alias(c.ARTICLE)
