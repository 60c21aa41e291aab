"""The context of one request: what is known, found and missing while it is answered."""

from dataclasses import dataclass, field

from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.ranking.query import Query


@dataclass
class RequestContext:
    """One request on its way: what is known of it, what was found, and which parts were missing."""

    query: Query
    now_ms: int
    bars: Bars
    available: Availability
    degraded: list[str]
    alike: list[str] = field(default_factory=list)
    explored: list[str] = field(default_factory=list)

    def available_ids(self, article_ids: list[str]) -> list[str]:
        """Those that may be shown."""
        return list(self.available.sift(article_ids, self.bars))
