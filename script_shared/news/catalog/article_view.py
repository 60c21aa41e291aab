"""How an article is displayed: as posted, else as in the release's catalog."""

from collections.abc import Callable
from functools import lru_cache, partial
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
        self._editorial, self._rows = editorial, rows
        # not a bound method: it would form a reference cycle, which is never freed in a release, see ``app.memory``
        self._read: Callable[[int], ArticleView] = (
            lru_cache(MOST)(partial(_view_of, catalog)) if catalog is not None else _unknown
        )

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


def _view_of(catalog: Catalog, row: int) -> ArticleView:
    return ArticleView(catalog.titles[row], catalog.urls[row], int(catalog.issued_ms[row]))


def _unknown(row: int) -> ArticleView:
    return UNKNOWN
