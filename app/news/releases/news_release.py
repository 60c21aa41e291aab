"""A loaded release of the news use case: all that its routes ask."""

from dataclasses import dataclass

from script_shared.clock import Clock
from script_shared.news.model import NewsModel
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser

EXAMPLES = 5


@dataclass(frozen=True)
class NewsRelease:
    """Everything a request needs, so that one assignment replaces it all."""

    model: NewsModel
    recommender: LiveRecommender
    vectoriser: Vectoriser | None
    examples: dict[str, list[str]]

    @property
    def release(self) -> str:
        """Its version."""
        return self.model.version

    @property
    def clock(self) -> Clock:
        """The clock it runs on."""
        return self.model.clock


def examples(model: NewsModel) -> dict[str, list[str]]:
    """A few user ids of each segment, spread over all of them, for people who want to try the release."""
    found = {}
    for name in SEGMENT_NAMES:
        rows = model.segment_rows(name)
        found[name] = [model.readers.ids.ids[int(row)] for row in rows[:: max(1, len(rows) // EXAMPLES)]][:EXAMPLES]
    return found
