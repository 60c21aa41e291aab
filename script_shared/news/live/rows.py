"""Rows of articles in the release's catalog, remembered once looked up."""

from script_shared.news.catalog import Catalog

MOST = 50_000


class Rows:
    """Finds the row of an article id; the few thousand articles that are alive are asked for again and again."""

    def __init__(self, catalog: Catalog | None) -> None:
        self._catalog = catalog
        self._known: dict[str, int] = {}
        self._ids: dict[int, str] = {}

    def row(self, article_id: str) -> int:
        """The row, or -1 when the release does not know the article."""
        row = self._known.get(article_id)
        if row is None:
            if len(self._known) >= MOST:
                self._known.clear()
            row = self._catalog.ids.row(article_id) if self._catalog is not None else -1
            self._known[article_id] = row
        return row

    def article_id(self, row: int) -> str:
        """The id of an article that the release knows."""
        assert self._catalog is not None
        article_id = self._ids.get(row)
        if article_id is None:
            if len(self._ids) >= MOST:
                self._ids.clear()
            article_id = self._ids[row] = self._catalog.ids.ids[row]
        return article_id
