"""What was read most just before a list was served: counts with a half-life of an hour, as in the evaluation."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice

from script_shared.clock import HOUR_MS
from script_shared.events.database.articles import ArticleRow
from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.editorial import Editorial

HALF_LIFE_MS = HOUR_MS  # as the row most_read_1h of the evaluation
STALE_MS = 5_000  # an order is used again for so long
MOST = 300  # articles of an order: the longest list, and what its reader has read
NOTHING = Bars()


@dataclass
class Popular:
    """Decayed counts of clicks, and the order of the articles that may be shown.

    An article may be shown if one of the catalogs says so. So a release whose catalog is wrong, and which therefore
    shows too little, does not lower what it is compared with.

    Attributes:
        catalogs: of the release in service and of the one before; none for neither.
        posted: what editors posted.
        max_age_hours: age at which articles expire.
    """

    catalogs: Sequence[Catalog]
    posted: Iterable[ArticleRow]
    max_age_hours: float
    _counts: dict[str, float] = field(default_factory=dict)
    _begin_ms: int = 0
    _order: tuple[str, ...] = ()
    _ordered_ms: int = -STALE_MS

    def __post_init__(self) -> None:
        self._editorial = Editorial()
        catalogs: list[Catalog | None] = [*self.catalogs] or [None]
        self._known = [(catalog, CatalogRows(catalog)) for catalog in catalogs]
        self._editorial.load(self.posted)

    def count(self, article_id: str, time_ms: int) -> None:
        """Count a click; clicks come in the order of time."""
        self._begin_ms = self._begin_ms or time_ms
        weight = 2.0 ** ((time_ms - self._begin_ms) / HALF_LIFE_MS)
        self._counts[article_id] = self._counts.get(article_id, 0.0) + weight
        if weight > 2.0**500:  # far from the largest float
            self._counts = {article: count / weight for article, count in self._counts.items()}
            self._begin_ms = time_ms

    def order(self, now_ms: int) -> tuple[str, ...]:
        """The most read articles that may be shown, at most ``MOST``; as of at most ``STALE_MS`` ago."""
        if now_ms - self._ordered_ms >= STALE_MS:
            of = [Availability(each, self._editorial, now_ms, self.max_age_hours, rows) for each, rows in self._known]
            most = nlargest(2 * MOST, self._counts, key=self._counts.__getitem__)
            shown = (article for article in most if not all(each.refusal(article, NOTHING) for each in of))
            self._order, self._ordered_ms = tuple(islice(shown, MOST)), now_ms
        return self._order


def among_first(order: Iterable[str], read: Collection[str], places: int, article_id: str) -> bool:
    """Whether the first places of an order, without articles that the user has read, hold an article.

    >>> among_first(["a", "b", "c"], {"a"}, 1, "b"), among_first(["a", "b", "c"], (), 1, "b")
    (True, False)
    """
    return article_id in islice((each for each in order if each not in read), places)
