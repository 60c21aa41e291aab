"""Rows of articles in the release's catalog, with a cache."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from script_shared.arrays import Int32s, Int64s, IntArray
from script_shared.news.catalog.catalog import Catalog

if TYPE_CHECKING:
    from script_shared.news.catalog.editorial import Editorial

MOST = 50_000


class LiveArticles(Protocol):
    """The articles of a live state, see ``Articles``."""

    numbers: dict[str, int]
    renumbered: int

    def rows_by_number(self, numbers: IntArray) -> Int64s:
        """int64 (k): the row of the article with each number, -1 if it has none."""
        ...


class CatalogRows:
    """Finds the row of an article id; cached, because the few thousand live articles are looked up repeatedly."""

    def __init__(self, catalog: Catalog | None) -> None:
        self._catalog = catalog
        self._known: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._posted: tuple[int, Int64s] = (-1, np.zeros(0, np.int64))
        self._live: tuple[LiveArticles, int] | None = None  # the state that ``_numbers`` belong to
        self._numbers: Int32s = np.zeros(0, np.int32)

    def row(self, article_id: str) -> int:
        """The row, or -1 if the release does not have the article.

        Args:
            article_id: of any article.
        """
        row = self._known.get(article_id)
        if row is None:
            if len(self._known) >= MOST:
                self._known.clear()
            row = self._catalog.ids.row(article_id) if self._catalog is not None else -1
            self._known[article_id] = row
        return row

    def many(self, article_ids: Sequence[str]) -> list[int]:
        """Rows of the articles that the release knows, in the given order; looked up together.

        Args:
            article_ids: of any articles, which may repeat.
        """
        known = self._known
        if (new := [article_id for article_id in article_ids if article_id not in known]) and self._catalog is not None:
            if len(known) + len(new) > MOST:
                known.clear()
                new = list(article_ids)
            known.update(zip(new, self._catalog.ids.rows(new).tolist(), strict=True))
        return [row for article_id in article_ids if (row := known.get(article_id, -1)) >= 0]

    def article_id(self, row: int) -> str:
        """The id of an article that the release knows.

        Args:
            row: of the catalog, 0 or more.
        """
        assert self._catalog is not None
        article_id = self._ids.get(row)
        if article_id is None:
            if len(self._ids) >= MOST:
                self._ids.clear()
            article_id = self._ids[row] = self._catalog.ids.ids[row]
        return article_id

    def article_ids(self, rows: Sequence[int]) -> list[str]:
        """The ids of some articles that the release knows.

        Args:
            rows: of the catalog, 0 or more.
        """
        known = self._ids
        return [known[row] if row in known else self.article_id(row) for row in rows]

    def live_rows(self, rows: Sequence[int], articles: LiveArticles) -> Int64s:
        """int64 (k): rows in a live state of articles that the release knows, -1 for one that is not alive.

        The numbers of articles are cached, because few of them change.

        Args:
            rows: of the catalog, 0 or more.
            articles: of the live state.
        """
        assert self._catalog is not None
        if self._live is None or self._live[0] is not articles or self._live[1] != articles.renumbered:
            self._live = (articles, articles.renumbered)
            self._numbers = np.full(len(self._catalog.issued_ms), -1, np.int32)
        chosen = np.array(rows, np.int64)
        found = articles.rows_by_number(self._numbers[chosen])
        if len(places := np.flatnonzero(found < 0)):
            ids = self.article_ids(chosen[places].tolist())
            numbers = np.array([articles.numbers.get(article_id, -1) for article_id in ids], np.int32)
            self._numbers[chosen[places]], found[places] = numbers, articles.rows_by_number(numbers)
        return found

    def posted_rows(self, editorial: "Editorial") -> Int64s:
        """int64: rows of the articles that were posted; looked up again after a post.

        Args:
            editorial: what was posted.
        """
        if self._posted[0] != editorial.posts:
            found = [row for story in editorial.stories() if (row := self.row(story.article_id)) >= 0]
            self._posted = (editorial.posts, np.array(found, np.int64))
        return self._posted[1]
