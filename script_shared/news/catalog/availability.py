"""The last filter on every path: removes what may not be shown to this user now, whichever part recommended it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from zlib import crc32

import numpy as np

from script_shared.arrays import Bools
from script_shared.clock import HOUR_MS
from script_shared.names import section_key
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial, Story


def mark(article_id: str) -> int:
    """32 bits that identify an article in a cursor; the chance that two articles share them is 1 in 4 billion.

    Args:
        article_id: of any article, also of one that no release knows.

    Returns:
        0 to 2^32 - 1.
    """
    return crc32(article_id.encode())


@dataclass(frozen=True)
class Bars:
    """The articles that one request excludes.

    Attributes:
        read: article ids read before, as the request and the live state tell.
        read_rows: rows of the release's catalog that the release knows as read.
        excluded: article ids that the request ruled out.
        pages: marks (see :func:`mark`) of the articles on the pages before this one.
        too_often: article ids shown to the user too often.
        section: only articles of this section, "" for all; tag: only articles that were posted with it.
        max_age_hours: only articles published at most so long ago; None for the release's own limit.
    """

    read: frozenset[str] | set[str] = frozenset()
    read_rows: frozenset[int] | set[int] = frozenset()
    excluded: frozenset[str] | set[str] = frozenset()
    pages: frozenset[int] = frozenset()
    too_often: frozenset[str] | set[str] = frozenset()
    section: str = ""
    tag: str = ""
    max_age_hours: float | None = None

    @property
    def are_narrow(self) -> bool:
        """Whether the request is for a page after the first one, one section, one tag or recent articles."""
        return bool(self.pages or self.section or self.tag or self.max_age_hours is not None)


@dataclass(frozen=True)
class Availability:
    """Decides for every article whether it may be shown at a moment.

    Attributes:
        catalog: the release's articles, None without a release.
        editorial: what was posted since.
        now_ms: the moment, epoch milliseconds, UTC.
        max_age_hours: age at which articles expire.
        rows: finds articles in the catalog.
        withheld: by article the state in which a rule of the editors keeps it, such as ``taken_down``.
    """

    catalog: Catalog | None
    editorial: Editorial
    now_ms: int
    max_age_hours: float
    rows: CatalogRows
    withheld: Mapping[str, str] = field(default_factory=dict)

    def sift(self, article_ids: Iterable[str], bars: Bars) -> Iterator[str]:
        """The articles that may be shown, in their order, each once.

        Args:
            article_ids: read only as far as the caller needs; they may repeat.
            bars: what this user may not see.
        """
        seen: set[str] = set()
        is_refused = self.refusal if bars.are_narrow else self._is_refused
        for article_id in article_ids:
            if article_id not in seen and not is_refused(article_id, bars):
                seen.add(article_id)
                yield article_id

    def _is_refused(self, article_id: str, bars: Bars) -> str | bool:
        """Whether :meth:`refusal` returns a reason; takes half the time, but only for bars that are not narrow."""
        row, catalog = self.rows.row(article_id), self.catalog
        if catalog is None or row < 0 or self.editorial.get(article_id) is not None:
            return self.refusal(article_id, bars)
        if article_id in bars.read or article_id in bars.excluded or row in bars.read_rows:
            return True
        if article_id in self.withheld or article_id in bars.too_often:
            return True
        hours = (self.now_ms - catalog.issued_ms.item(row)) / HOUR_MS
        return hours < 0 or hours > self.max_age_hours

    def refusal(self, article_id: str, bars: Bars, *, pinned: bool = False) -> str:
        """Why an article may not be shown; "" if it may.

        Args:
            article_id: of any article.
            bars: what this user may not see.
            pinned: whether it is pinned: age, section, tag and how often it was shown then do not matter.
        """
        if article_id in bars.read:
            return "read"
        if article_id in bars.excluded or (bars.pages and mark(article_id) in bars.pages):
            return "excluded"
        row = self.rows.row(article_id)
        if row >= 0 and row in bars.read_rows:
            return "read"
        refusal = self._of_article(article_id, row, bars, pinned=pinned)
        return refusal or ("shown_too_often" if article_id in bars.too_often and not pinned else "")

    def possible(self, bars: Bars) -> Bools:
        """bool (articles of the catalog): False where catalog and bars alone rule an article out.

        Only :meth:`sift` says what may be shown. This spares it the look at all the others, one by one.

        Args:
            bars: what this user may not see.
        """
        assert self.catalog is not None
        issued, oldest = self.catalog.issued_ms, min(self.max_age_hours, bars.max_age_hours or inf)
        found: Bools = issued <= self.now_ms
        if oldest < inf:
            found &= issued >= self.now_ms - oldest * HOUR_MS - 1000
        if bars.section:
            key, names = section_key(bars.section), self.catalog.section_names.tolist()
            codes = [code for code, name in enumerate(names) if section_key(name) == key]
            found &= np.isin(self.catalog.section, codes)
        found[self.rows.posted_rows(self.editorial)] = True  # posted ones may have another section or publication
        found[list(bars.read_rows)] = False
        found[self.rows.many([*bars.read, *bars.excluded, *bars.too_often])] = False
        return found

    def _of_article(self, article_id: str, row: int, bars: Bars, *, pinned: bool) -> str:
        if article_id in self.withheld:
            return self.withheld[article_id]
        story = self.editorial.get(article_id)
        if story is None and row < 0:
            return "unknown"
        if story is not None and (refusal := story.refusal(self.now_ms)):
            return refusal
        if bars.section and not pinned and section_key(self.section(article_id, row)) != section_key(bars.section):
            return "other_section"
        if bars.tag and not pinned and not self.editorial.tagged.has(article_id, bars.tag):
            return "other_tag"
        hours = (self.now_ms - self._issued_ms(story, row)) / HOUR_MS
        if hours < 0:
            return "not_published"
        if hours > self.max_age_hours and not pinned:
            return "expired"
        return "too_old" if bars.max_age_hours is not None and hours > bars.max_age_hours else ""

    def issued_ms(self, article_id: str, row: int) -> int:
        """When it was published, epoch milliseconds: as posted, else as the catalog says, else the first post.

        Args:
            article_id: of any article.
            row: its row in the catalog, -1 for none.
        """
        return self._issued_ms(self.editorial.get(article_id), row)

    def _issued_ms(self, story: Story | None, row: int) -> int:
        if story is not None and story.issued_ms is not None:
            return story.issued_ms
        if row >= 0 and self.catalog is not None:
            return int(self.catalog.issued_ms[row])
        return story.posted_ms if story is not None else self.now_ms

    def section(self, article_id: str, row: int) -> str:
        """Its section, "" for none: as posted, else as the posted address says, else as the catalog says.

        Args:
            article_id: of any article.
            row: its row in the catalog, -1 for none.
        """
        story = self.editorial.get(article_id)
        if story is not None and story.place[0]:
            return story.place[0]
        return self.catalog.section_name(row) if row >= 0 and self.catalog is not None else ""

    def region(self, article_id: str, row: int) -> str:
        """The region it is about, "" for none; likewise.

        Args:
            article_id: of any article.
            row: its row in the catalog, -1 for none.
        """
        story = self.editorial.get(article_id)
        if story is not None and story.place[1]:
            return story.place[1]
        return self.catalog.region_name(row) if row >= 0 and self.catalog is not None else ""
