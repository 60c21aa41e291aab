"""Which section every live article is of: as posted, else as the release's catalog says."""

from math import inf

import numpy as np

from script_shared.arrays import Bools
from script_shared.names import section_key
from script_shared.news.catalog.availability import Availability
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState


class Sections:
    """Sections by row of the live state; looked up when a row gets another article, and all when something is posted.

    Args:
        rows: finds articles in the catalog.
    """

    def __init__(self, catalog: Catalog | None, newsroom: Newsroom, rows: CatalogRows) -> None:
        self._newsroom, self._rows = newsroom, rows
        self._available = Availability(catalog, newsroom.editorial, 0, inf, rows)
        self._as_of = (-1, -1)
        self._codes: dict[str, int] = {}
        self._names: list[str] = []  # by code, the spelling that came first
        self._number_in = self._code_in = np.zeros(0, np.int64)

    def within(self, section: str) -> Bools:
        """bool (used): whether the article of each row is of a section.

        Args:
            section: name or key of the section.
        """
        state = self._newsroom.state
        if state is None:
            return np.zeros(0, bool)
        self._look(state)
        found: Bools = self._code_in[: state.articles.used] == self._codes.get(section_key(section), -1)
        return found

    def names(self) -> list[str]:
        """The section of each used row; of articles that were only clicked, as their clicks say."""
        state = self._newsroom.state
        if state is None:
            return []
        self._look(state)
        names, clicked = self._names, list(state.articles.sections)
        pairs = zip(self._code_in.tolist(), state.articles.section[: state.articles.used].tolist(), strict=False)
        return [names[code] or clicked[other] for code, other in pairs]

    def _look(self, state: LiveState) -> None:
        articles, as_of = state.articles, (self._newsroom.editorial.posts, state.articles.renumbered)
        if as_of != self._as_of:
            self._as_of, self._codes, self._names = as_of, {"": 0}, [""]
            self._number_in = np.full(articles.capacity, -1, np.int64)
            self._code_in = np.zeros(articles.capacity, np.int64)
        for row in np.flatnonzero(articles.number_in != self._number_in).tolist():
            article_id = state.article_id(row)
            name = self._available.section(article_id, self._rows.row(article_id)) if article_id else ""
            self._code_in[row] = self._code(name)
        self._number_in = articles.number_in.copy()

    def _code(self, name: str) -> int:
        code = self._codes.setdefault(section_key(name), len(self._names))
        if code == len(self._names):
            self._names.append(name)
        return code
