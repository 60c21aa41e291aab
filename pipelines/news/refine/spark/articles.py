"""Refines the items files on Spark: tasks clean pieces of them, and their parts become one file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.raw.csv_files import FILE_COLUMN, LAST_EMPTY, check_no_row_short, scan_piece
from pipelines.news.raw.csv_problems import explain_errors
from pipelines.news.refine.challenge.articles import (
    check_catalog,
    clean_articles,
    rejected_articles,
    write_catalog,
)
from pipelines.news.refine.rows.tally import Tally
from pipelines.news.refine.spark.columns import ARTICLE_ROW, ARTICLES, COUNTS, REJECTED, as_catalog, as_rejected
from pipelines.spark.pieces import Piece
from pipelines.spark.tables import KIND, note, run_tasks, store


@dataclass(frozen=True)
class ArticleTask:
    """Cleans one piece of the items.

    Attributes:
        pieces: of all files.
    """

    pieces: Sequence[Piece]

    def __call__(self, number: int) -> Iterator[pl.DataFrame]:
        """Articles, rejected rows, and the files in which a last cell is empty."""
        piece = self.pieces[number]
        with explain_errors([piece.file]):
            rows = scan_piece(piece.file, piece.read(), c.ITEM_COLUMNS).collect()
        articles = clean_articles(rows.lazy()).collect()
        yield articles.with_columns(pl.lit(ARTICLE_ROW).alias(KIND), pl.col(c.ISSUED).to_physical())
        refused = rejected_articles(rows.lazy()).collect()
        yield refused.with_columns(pl.lit(REJECTED).alias(KIND), pl.col(c.TIMESTAMP).to_physical())
        yield note(COUNTS, rows.filter(LAST_EMPTY)[FILE_COLUMN].unique().to_list())


def refine_articles_on_spark(
    session: Any, scratch: Path, pieces: Sequence[Piece], folder: Path, run_id: str, posts: pl.DataFrame, tally: Tally
) -> pl.Series:
    """Write the table of articles.

    Args:
        session: of Spark.
        scratch: for files between two stages, on a disk that every machine shares.
        pieces: of the items files.
        folder: where the table is written.
        run_id: for messages.
        posts: what was posted about articles, see ``latest_posts``.
        tally: receives the rows whose page is not a valid id.

    Returns:
        String (articles), the ids in the order of their numbers.

    Raises:
        InputError: as ``refine_articles`` does.
    """
    made = store(session, run_tasks(session, len(pieces), ArticleTask(pieces), ARTICLES), scratch / "items", ARTICLES)
    path = write_catalog(folder, as_catalog(made.scan(ARTICLE_ROW)), posts)
    files = list(dict.fromkeys(piece.file for piece in pieces))
    with explain_errors(files):
        check_no_row_short({name for names in made.notes(COUNTS) for name in names})
    tally.refuse(as_rejected(made.scan(REJECTED)).collect())
    return check_catalog(path, files, run_id)
