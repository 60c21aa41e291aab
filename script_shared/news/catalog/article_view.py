"""How an article is displayed: as posted, else as in the release's catalog."""

from typing import NamedTuple

from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial


class ArticleView(NamedTuple):
    """Title and address, "" when nobody knows them, and publication in epoch milliseconds, UTC."""

    title: str
    url: str
    issued_ms: int


class ArticleViews:
    """Looks articles up by id."""

    def __init__(self, catalog: Catalog | None, editorial: Editorial, rows: CatalogRows) -> None:
        self._catalog, self._editorial, self._rows = catalog, editorial, rows

    def view(self, article_id: str) -> ArticleView:
        """What is known of an article.

        Args:
            article_id: of any article; an unknown one has empty fields.
        """
        known = self._of_release(article_id)
        story = self._editorial.get(article_id)
        if story is None:
            return known
        return ArticleView(
            known.title if story.title is None else story.title,
            known.url if story.url is None else story.url,
            story.issued_ms if story.issued_ms is not None else known.issued_ms or story.posted_ms,
        )

    def _of_release(self, article_id: str) -> ArticleView:
        catalog = self._catalog
        row = self._rows.row(article_id)
        if catalog is None or row < 0:
            return ArticleView("", "", 0)
        return ArticleView(catalog.titles[row], catalog.urls[row], int(catalog.issued_ms[row]))
