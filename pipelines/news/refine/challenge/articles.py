"""Refines the items files: one article a row, its section and region read from its address; posted ones are added."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.addresses import section_and_region
from pipelines.news.raw.csv_files import FILE_COLUMN, LAST_EMPTY, check_no_row_short, scan, scan_narrow
from pipelines.news.raw.csv_problems import explain_errors
from pipelines.news.raw.ids import rejected_ids
from pipelines.news.raw.texts import bad_id, clean_id, clean_title
from pipelines.news.raw.times import moment
from pipelines.news.refine.events.posts import extend_catalog
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.tables import TIME, check, table_path
from script_shared.errors import InputError

NO_POSTS = pl.DataFrame()


def refine_articles(
    files: Sequence[Path], folder: Path, run_id: str, posts: pl.DataFrame = NO_POSTS, tally: Tally | None = None
) -> pl.Series:
    """Write the table of articles; returns their ids, (articles,), a row number being the place in it.

    Args:
        files: the items files, in order.
        folder: of the refined run.
        run_id: for messages.
        posts: what was posted about articles, see ``latest_posts``.
        tally: receives the rows whose page is not a valid id.

    Returns:
        String (articles), the ids in the order of their numbers.

    Raises:
        InputError: a page occurs twice or is empty, a row has too few cells, or an ``issued`` is no time.
    """
    with explain_errors(files):
        path = write_catalog(folder, clean_articles(scan(files, c.ITEM_COLUMNS)), posts)
        odd = _odd_rows(files).collect(engine="streaming")
        check_no_row_short(odd.filter(LAST_EMPTY)[FILE_COLUMN].unique())
    if tally is not None:
        tally.refuse(rejected_articles(odd.lazy()).collect())
    return check_catalog(path, files, run_id)


def write_catalog(folder: Path, articles: pl.LazyFrame, posts: pl.DataFrame) -> Path:
    """Write the table of articles, with posted ones added, without holding it in memory.

    Args:
        folder: of the refined run.
        articles: as ``clean_articles`` returns them, in the order of their numbers.
        posts: what was posted about articles, see ``latest_posts``.

    Returns:
        the file.
    """
    path = table_path(folder, "articles")
    extend_catalog(articles, posts).with_row_index(c.ARTICLE).sink_parquet(
        path, compression="zstd", compression_level=1, row_group_size=20_000
    )
    return path


def check_catalog(path: Path, files: Sequence[Path], run_id: str) -> pl.Series:
    """Check the written table of articles.

    Args:
        path: as ``write_catalog`` returns it.
        files: the items files, for messages.
        run_id: for messages.

    Returns:
        String (articles), the ids in the order of their numbers.

    Raises:
        InputError: a page occurs twice or is empty, or an ``issued`` is no time.
    """
    narrow = pl.read_parquet(path, columns=[c.ARTICLE_ID, c.ISSUED], glob=False)
    _check_pages(narrow, files)
    check("articles", pl.scan_parquet(path, glob=False), run_id)
    return narrow[c.ARTICLE_ID]


def clean_articles(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of items files as articles, without rows whose page is not a valid id.

    Args:
        rows: the columns of items files.

    Returns:
        the columns of the table of articles, without numbers.
    """
    page = clean_id(c.RAW_PAGE)
    cleaned = rows.filter(~bad_id(page)).with_columns(pl.col(c.URL).str.strip_chars())
    return cleaned.select(
        page.fill_null("").alias(c.ARTICLE_ID),
        c.URL,
        clean_title(c.TITLE),
        c.CAPTION,  # captions and bodies are never shown, and the text models clean what they read
        c.BODY,
        moment(c.ISSUED).cast(TIME),
        *section_and_region(c.URL),
    )


def rejected_articles(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows whose page is not a valid id, with the columns of the table ``rejected``.

    Args:
        rows: page, file and ``LAST_EMPTY`` of rows of items files.

    Returns:
        lazy; the columns of ``REJECTED_TYPES``.
    """
    some = rows.filter(bad_id(clean_id(c.RAW_PAGE)))
    return rejected_ids(some, article=pl.col(c.RAW_PAGE), file=pl.col(FILE_COLUMN))


def _odd_rows(files: Sequence[Path]) -> pl.LazyFrame:
    """Page and file of rows whose page is not a valid id, and of rows whose last cell is empty."""
    rows = scan_narrow(files, c.ITEM_COLUMNS, [c.RAW_PAGE])
    return rows.filter(pl.col(LAST_EMPTY) | bad_id(clean_id(c.RAW_PAGE)))


def _check_pages(articles: pl.DataFrame, files: Sequence[Path]) -> None:
    names = f"{files[0].name} .. {files[-1].name}"
    if not articles.height:
        raise InputError(f"{names}: there is a header and no article.", fix="Download the items again.")
    twice = articles.filter(pl.col(c.ARTICLE_ID).is_duplicated())[c.ARTICLE_ID]
    if len(twice):
        raise InputError(f"{names}: page {twice[0]!r} occurs {(twice == twice[0]).sum()} times.", fix="Keep one row.")
    if (articles[c.ARTICLE_ID] == "").any():
        raise InputError(f"{names}: an article has no page.", fix="Every row needs its id in the column page.")
    odd = articles.filter(pl.col(c.ISSUED).is_null())
    if odd.height:
        raise InputError(
            f"{names}: issued of page {odd[c.ARTICLE_ID][0]!r} is no time between 2000 and 2100 ({odd.height:,} rows).",
            fix="Write it like 2022-07-01 03:00:00+00:00, or as seconds or milliseconds since 1970.",
        )
