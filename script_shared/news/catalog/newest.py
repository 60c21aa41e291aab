"""Every article there is, newest first, from any place on: the release's catalog and what was posted since as one."""

from bisect import bisect_right
from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

import numpy as np

from script_shared.arrays import IntArray, Strings
from script_shared.names import section_key
from script_shared.news.catalog.availability import mark
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial, Story
from script_shared.throttle import yield_cpu

CHUNK = 4096  # rows of the catalog that are narrowed at once
_STEP = 10_000  # ids read before the thread may rest


class Place(NamedTuple):
    """The sort key of an article: the newest first, those of one moment by :func:`mark`."""

    age: int  # minus the publication, epoch milliseconds
    mark: int

    @classmethod
    def before(cls, time_ms: int) -> "Place":
        """Before every article that was published at a moment or earlier.

        Args:
            time_ms: epoch milliseconds, UTC.
        """
        return cls(-time_ms, -1)


class NewestArticle(NamedTuple):
    """One article: its sort key, its id, and its row in the catalog, -1 for none."""

    place: Place
    article_id: str
    row: int


class Newest:
    """Orders the articles once per release, and the posted ones again after a post.

    Args:
        rows: finds articles in the catalog.
    """

    def __init__(self, catalog: Catalog | None, editorial: Editorial, rows: CatalogRows) -> None:
        self._catalog, self._editorial, self._rows = catalog, editorial, rows
        self._order: IntArray | None = None
        self._sections = _codes(catalog.section_names) if catalog is not None else {}
        self._regions = _codes(catalog.region_names) if catalog is not None else {}
        self._posts = -1
        self._stories: list[NewestArticle] = []

    @property
    def is_current(self) -> bool:
        """Whether :meth:`refresh` has nothing to do."""
        return self._order is not None and self._posts == self._editorial.posts

    def refresh(self) -> None:
        """Order what is not in order yet; takes up to some hundred milliseconds, so call it in a thread."""
        if self._order is None:
            self._sort_catalog()
        posts = self._editorial.posts
        if posts != self._posts:
            self._stories = sorted(self._of_story(story) for story in self._editorial.stories())
            self._posts = posts

    def after(self, place: Place, *, section: str = "", region: str = "") -> Iterator[NewestArticle]:
        """The articles behind a place; those of the catalog that are of another section or region are left out.

        Args:
            place: of the last article of the page before.
            section: key of the section, "" for all.
            region: name of the region, "" for all.
        """
        start = bisect_right(self._stories, (place,), key=lambda found: (found.place,))
        return merge(self._of_catalog(place, section, region), self._stories[start:])

    def _sort_catalog(self) -> None:
        catalog = self._catalog
        count = len(catalog) if catalog is not None else 0
        marks = np.zeros(count, np.int64)
        for row in range(count):
            marks[row] = mark(catalog.ids.ids[row])  # type: ignore[union-attr]
            if row % _STEP == 0:
                yield_cpu()
        issued = np.asarray(catalog.issued_ms) if catalog is not None else np.zeros(0, np.int64)
        order = np.lexsort((marks, -issued))
        self._ages, self._marks = -issued[order], marks[order]
        self._order = order

    def _of_story(self, story: Story) -> NewestArticle:
        row = self._rows.row(story.article_id)
        issued_ms = story.issued_ms
        if issued_ms is None:
            issued_ms = int(self._catalog.issued_ms[row]) if row >= 0 and self._catalog else story.posted_ms
        return NewestArticle(Place(-issued_ms, mark(story.article_id)), story.article_id, row)

    def _of_catalog(self, place: Place, section: str, region: str) -> Iterator[NewestArticle]:
        order = self._order if self._order is not None else np.zeros(0, np.int64)
        for start in range(self._first(place), len(order), CHUNK):
            rows = order[start : start + CHUNK]
            for at in np.flatnonzero(self._within(rows, section, region)).tolist():
                article_id = self._rows.article_id(int(rows[at]))
                if self._editorial.get(article_id) is None:  # else it is among the stories
                    where = Place(int(self._ages[start + at]), int(self._marks[start + at]))
                    yield NewestArticle(where, article_id, int(rows[at]))

    def _first(self, place: Place) -> int:
        if self._order is None or not len(self._order):
            return 0
        first, last = (int(np.searchsorted(self._ages, place.age, side)) for side in ("left", "right"))
        return first + int(np.searchsorted(self._marks[first:last], place.mark, "right"))

    def _within(self, rows: IntArray, section: str, region: str) -> IntArray:
        catalog, kept = self._catalog, np.ones(len(rows), bool)
        if catalog is not None and section:
            kept &= np.isin(catalog.section[rows], self._sections.get(section_key(section), []))
        if catalog is not None and region:
            kept &= np.isin(catalog.region[rows], self._regions.get(section_key(region), []))
        return kept


def _codes(names: Strings) -> dict[str, list[int]]:
    """Codes by the key under which names are compared."""
    codes: dict[str, list[int]] = {}
    for code in range(len(names)):
        codes.setdefault(section_key(names[code]), []).append(code)
    return codes
