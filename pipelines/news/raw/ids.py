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
        rows: those that are refused for their ids.
        file: path of the file.
        user: the user's id, null where the table has no users.
        article: the article's id, null where the table has no articles.

    Returns:
        lazy, with the columns and types of ``REJECTED_TYPES``.
    """
    columns = {
        c.USER_ID: user.str.slice(0, MAX_ID + 1),
        c.ARTICLE_ID: article.str.slice(0, MAX_ID + 1),
        c.FILE: file.str.extract(r"([^/\\\\]+)$"),
        c.REASON: pl.lit(REASON),
    }
    return rows.select(columns.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in REJECTED_TYPES.items())


class ArticleNumbers:
    """Finds the numbers of articles by hashes of their ids, computed once, and compares the ids found.

    A cast to an Enum does the same, but builds a table of all ids each time.

    Attributes:
        ids: the known ids, which are clean, in the order of their numbers.
    """

    def __init__(self, ids: pl.Series) -> None:
        self.ids = ids.rechunk()
        self._table = pl.DataFrame({"hash": self.ids.hash()}).with_row_index(c.ARTICLE)
        self._usable = not self._table["hash"].is_duplicated().any()

    def of(self, ids: pl.Series) -> pl.Series:
        """The number of each id, UInt32, null for an unknown one."""
        if not self._usable:
            return ids.cast(pl.Enum(self.ids), strict=False).to_physical().cast(pl.UInt32).alias(c.ARTICLE)
        hashes = pl.DataFrame({"hash": ids.hash()})
        found = hashes.join(self._table, on="hash", how="left", maintain_order="left")[c.ARTICLE]
        same = self.ids.gather(found) == ids
        return found if same.all(ignore_nulls=False) else pl.select(pl.when(same).then(found)).to_series()


def with_article_numbers(rows: pl.DataFrame, articles: ArticleNumbers) -> pl.DataFrame:
    """Add the number of each article, null for an unknown one; ids that are not known as they are get cleaned first.

    Args:
        rows: with ``article_id``.
        articles: the ids of the catalog.

    Returns:
        the rows in their order, with cleaned ids and the column of numbers (UInt32).
    """
    ids, numbers = rows[c.ARTICLE_ID], articles.of(rows[c.ARTICLE_ID])
    places = numbers.is_null().arg_true()
    unknown = ids.gather(places)
    cleaned = unknown.to_frame().select(clean_id(c.ARTICLE_ID).fill_null("")).to_series()
    changed = cleaned.ne_missing(unknown)
    if changed.any():
        places, cleaned = places.filter(changed), cleaned.filter(changed)
        ids, numbers = ids.clone().scatter(places, cleaned), numbers.scatter(places, articles.of(cleaned))
    return rows.with_columns(ids.alias(c.ARTICLE_ID), numbers.alias(c.ARTICLE))


def is_bad_article() -> pl.Expr:
    """Whether an article that is not known has an invalid id; ids are clean here."""
    return bad_id(_unknown())


def _unknown() -> pl.Expr:
    """The ids of articles that are not known, null for others: most are known, and need no look at their letters."""
    return pl.when(pl.col(c.ARTICLE).is_null()).then(pl.col(c.ARTICLE_ID))
