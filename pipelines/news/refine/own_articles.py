"""The articles of the source ``files``: from its own file, or known only by their clicks."""

from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.addresses import section_and_region
from pipelines.news.raw.times import within_bounds
from pipelines.news.refine.events.posts import extend_catalog
from pipelines.news.refine.rows.first_clicks import LAST
from pipelines.news.tables import TIME, check, table_path

ARTICLES = "site_articles.parquet"
TEXTS = (c.URL, c.TITLE, c.CAPTION, c.BODY, c.SECTION, c.REGION)


def catalog(raw: Path) -> pl.DataFrame:
    """The articles of the files; of rows with the same id, the last one.

    Args:
        raw: folder of the run's raw data.

    Returns:
        article_id, the texts, issued (null where unknown).
    """
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


def write_articles(
    folder: Path, first: pl.DataFrame, known: pl.DataFrame, articles: pl.Series, run_id: str, posts: pl.DataFrame
) -> pl.Series:
    """Write the table of articles.

    Args:
        folder: of the refined run.
        first: as ``first_clicks`` returns it.
        known: as ``catalog`` returns it.
        articles: ids of all articles, in the order of their numbers.
        run_id: for messages.
        posts: what was posted about articles.

    Returns:
        their ids in the order of their numbers.
    """
    every = pl.DataFrame({c.ARTICLE_ID: articles}).with_row_index(c.ARTICLE)
    table = every.join(first, on=c.ARTICLE, how="left", maintain_order="left")
    table = table.join(known, on=c.ARTICLE_ID, how="left", maintain_order="left")
    table = table.with_columns(
        pl.coalesce(c.ISSUED, c.TIMESTAMP, pl.lit(first[LAST].max(), TIME)).alias(c.ISSUED),
        *(pl.col(name).fill_null("") for name in TEXTS),
    ).select(c.ARTICLE_ID, *(name for name in (c.URL, c.TITLE, c.CAPTION, c.BODY, c.ISSUED, c.SECTION, c.REGION)))
    table = extend_catalog(table.lazy(), posts).with_row_index(c.ARTICLE).collect()
    check("articles", table, run_id)
    table.write_parquet(table_path(folder, "articles"))
    return table[c.ARTICLE_ID]
