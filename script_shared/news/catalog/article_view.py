"""How an article is displayed: as posted, else as in the release's catalog."""

from functools import lru_cache
from typing import NamedTuple

from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial


class ArticleView(NamedTuple):
    """Title and address, "" when nobody knows them, and publication in epoch milliseconds, UTC."""

    title: str
    url: str
    issued_ms: int


UNKNOWN = ArticleView("", "", 0)
MOST = 20_000  # articles kept in memory as they are displayed: about 8 MB


class ArticleViews:
    """Looks articles up by id; those of the release are read once, because the same few are shown again and again."""

    def __init__(self, catalog: Catalog | None, editorial: Editorial, rows: CatalogRows) -> None:
        self._catalog, self._editorial, self._rows = catalog, editorial, rows
        self._read = lru_cache(MOST)(self._of_row)

    def view(self, article_id: str) -> ArticleView:
        """What is known of an article.

        Args:
            article_id: of any article; an unknown one has empty fields.
        """
        row = self._rows.row(article_id)
        known = self._read(row) if row >= 0 else UNKNOWN
        story = self._editorial.get(article_id)
        if story is None:
            return known
        return ArticleView(
            known.title if story.title is None else story.title,
            known.url if story.url is None else story.url,
            story.issued_ms if story.issued_ms is not None else known.issued_ms or story.posted_ms,
        )

    def _of_row(self, row: int) -> ArticleView:
        assert self._catalog is not None
        return ArticleView(self._catalog.titles[row], self._catalog.urls[row], int(self._catalog.issued_ms[row]))
