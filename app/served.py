"""A loaded release and how it came, and one that was refused."""

from dataclasses import dataclass

from script_shared.news.live.recommend import LiveRecommender
from script_shared.news.live.texts import Vectoriser
from script_shared.news.model import NewsModel
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.releases import Manifest, Pointer

EXAMPLES = 5


@dataclass(frozen=True)
class Served:
    """A loaded release and how it came: everything a request needs, so that one assignment swaps it all."""

    model: NewsModel
    recommender: LiveRecommender
    vectoriser: Vectoriser | None
    manifest: Manifest
    pointer: Pointer
    examples: dict[str, list[str]]
    loaded_ms: int
    load_seconds: float

    @property
    def release(self) -> str:
        """Its version; an earlier one than the pointer's when that could not be loaded at the start."""
        return self.model.version


@dataclass(frozen=True)
class Refusal:
    """A release that was not taken into service.

    Attributes:
        sequence: of the pointer that named it.
        final: whether only another pointer or a reload brings a new try.
        tries: how often it was tried under this pointer.
        retry_at: when it is tried again, on the monotonic clock, in seconds.
    """

    release: str
    sequence: int
    reason: str
    at_ms: int
    final: bool
    tries: int
    retry_at: float


def examples(model: NewsModel) -> dict[str, list[str]]:
    """A few user ids of each segment, spread over all of them, for people who want to try the release."""
    found = {}
    for name in SEGMENT_NAMES:
        rows = model.segment_rows(name)
        found[name] = [model.readers.ids.ids[int(row)] for row in rows[:: max(1, len(rows) // EXAMPLES)]][:EXAMPLES]
    return found
