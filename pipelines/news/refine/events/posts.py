"""Posted articles: the latest facts of each, merged into the catalog of the raw files."""

import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import HIDDEN, ISSUED_MS, POST_FIELDS, SAID, SEQ, TAKEN_DOWN, TIME_MS
from pipelines.news.raw.addresses import section_and_region
from pipelines.news.raw.texts import clean_id, clean_text, clean_title
from pipelines.news.raw.times import to_milliseconds, within_bounds
from pipelines.news.tables import TIME
from script_shared.times import EARLIEST_MS, LATEST_MS

POSTED = "posted"
TEXTS = (c.URL, c.TITLE, c.CAPTION, c.BODY, c.SECTION, c.REGION)
_OF_ADDRESS = {c.SECTION: "url_section", c.REGION: "url_region"}


def latest_posts(posts: pl.LazyFrame) -> pl.DataFrame:
    """One row for each posted article: article_id, the columns of the catalog (null where nothing was said, or what was
    said was taken back), ``posted`` (the first post), hidden, taken_down.

    The body is the text as it was posted, without a caption of its own. Section and region that were not posted are
    read from a posted address. A time of publication outside the years 2000 to 2100 counts as none.
    """
    last = [pl.col(name).filter(pl.col(SAID).list.contains(name)).last().alias(name) for name in POST_FIELDS]
    latest = _clean(posts).sort(SEQ).group_by(c.ARTICLE_ID, maintain_order=True).agg(pl.col(TIME_MS).first(), *last)
    section, region = section_and_region(c.URL)
    issued = within_bounds(to_milliseconds(pl.col(ISSUED_MS)))
    addressed = latest.with_columns(section.alias(_OF_ADDRESS[c.SECTION]), region.alias(_OF_ADDRESS[c.REGION]))
    columns = [
        c.ARTICLE_ID,
        c.URL,
        c.TITLE,
        pl.when(pl.col("text").is_not_null()).then(pl.lit("")).alias(c.CAPTION),
        pl.col("text").alias(c.BODY),
        issued.cast(TIME).alias(c.ISSUED),
        *(pl.coalesce(_some(name), _some(other)).alias(name) for name, other in _OF_ADDRESS.items()),
        pl.col(TIME_MS).clip(EARLIEST_MS, LATEST_MS).cast(TIME).alias(POSTED),
        *(pl.col(name).fill_null(False) for name in (HIDDEN, TAKEN_DOWN)),
    ]
    return addressed.select(columns).collect()


def _clean(posts: pl.LazyFrame) -> pl.LazyFrame:
    """By the rules of today, which an entry of an earlier version may not have passed; null stays null."""
    cleaned = {"title": clean_title("title"), **{name: clean_text(name) for name in ("text", c.SECTION, c.REGION)}}
    some = [pl.when(pl.col(name).is_not_null()).then(text).alias(name) for name, text in cleaned.items()]
    return posts.with_columns(clean_id(c.ARTICLE_ID).fill_null(pl.col(c.ARTICLE_ID)), *some)


def _some(name: str) -> pl.Expr:
    """A text that is not empty, else null."""
    return pl.when(pl.col(name) != "").then(pl.col(name))


def extend_catalog(articles: pl.LazyFrame, posts: pl.DataFrame) -> pl.LazyFrame:
    """The catalog with posted articles: known articles keep their places, new ones follow in the order of the posts.

    Args:
        articles: article_id, url, title, caption, body, issued, section, region.
        posts: see ``latest_posts``.

    Returns:
        The same columns.
    """
    if not posts.height:
        return articles
    columns = [c.ARTICLE_ID, *TEXTS, c.ISSUED]
    said = posts.lazy().select(c.ARTICLE_ID, *(pl.col(name).alias(f"said_{name}") for name in (*TEXTS, c.ISSUED)))
    joined = articles.join(said, on=c.ARTICLE_ID, how="left", maintain_order="left")
    changed = joined.select(c.ARTICLE_ID, *(pl.coalesce(f"said_{name}", name).alias(name) for name in columns[1:]))
    known = articles.select(c.ARTICLE_ID).filter(pl.col(c.ARTICLE_ID).is_in(posts[c.ARTICLE_ID].implode()))
    new = posts.lazy().join(known, on=c.ARTICLE_ID, how="anti", maintain_order="left")
    made = new.with_columns(*(pl.col(name).fill_null("") for name in TEXTS), pl.coalesce(c.ISSUED, POSTED))
    return pl.concat([changed.select(columns), made.select(columns)])
