"""What editors said about articles since the release was made: metadata, embargo, expiry, hidden, taken down."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from typing import Any

from script_shared.events import Entry
from script_shared.names import clean_text, clean_title
from script_shared.news.live.own_vectors import OwnVectors
from script_shared.news.live.tags import TagIndex
from script_shared.news.places import section_and_region
from script_shared.times import epoch_ms, within_bounds

FACTS = ("title", "url", "section", "region", "issued_ms", "embargo_ms", "expires_ms", "hidden", "taken_down", "tags")


@dataclass(frozen=True, slots=True)
class Story:
    """What was posted about one article; what was never posted is None, and the release's catalog may know it.

    Attributes:
        issued_ms: publication; of an article the release does not know, the first post where none was given.
        embargo_ms: not to be shown before; expires_ms: not to be shown from then on. Epoch milliseconds, UTC.
        hidden: not to be recommended for now; taken_down: gone for good. Both can be undone by another post.
        posted_ms: when it was first posted.
        tags: free words for filters, which also make articles alike.
    """

    article_id: str
    posted_ms: int
    title: str | None = None
    url: str | None = None
    section: str | None = None
    region: str | None = None
    issued_ms: int | None = None
    embargo_ms: int | None = None
    expires_ms: int | None = None
    hidden: bool = False
    taken_down: bool = False
    tags: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Section and region, "" for what nobody said: as posted, else as the posted address says."""
        if self.section and self.region:
            return self.section, self.region
        section, region = section_and_region(self.url or "")
        return self.section or section, self.region or region

    def refusal(self, now_ms: int) -> str:
        """Why the editors do not want it shown now, "" when they do not mind."""
        if self.taken_down:
            return "taken_down"
        if self.hidden:
            return "hidden"
        if self.embargo_ms is not None and now_ms < self.embargo_ms:
            return "embargoed"
        if self.expires_ms is not None and now_ms >= self.expires_ms:
            return "expired"
        return ""


class Editorial:
    """All stories posted, by article id; folded in the log's order, so that every process knows the same.

    Attributes:
        posts: how many were taken over.
        own: vectors that the site sent; tagged: tags.
    """

    def __init__(self) -> None:
        self.posts = 0
        self.own, self.tagged = OwnVectors(), TagIndex()
        self._stories: dict[str, Story] = {}

    def __len__(self) -> int:
        return len(self._stories)

    def get(self, article_id: str) -> Story | None:
        """What was posted about an article, None for nothing."""
        return self._stories.get(article_id)

    def stories(self) -> list[Story]:
        """Everything posted, in the order of the first post."""
        return list(self._stories.values())

    def newest(self, count: int) -> Iterator[str]:
        """Ids of the articles whose first post came last, the last one first."""
        return islice(reversed(self._stories), count)

    def copy(self, other: "Editorial") -> None:
        """Know what another one knows."""
        self._stories = dict(other._stories)
        self.own.copy(other.own)
        self.tagged.copy(other.tagged)

    def apply(self, entry: Entry) -> Story:
        """Take over an ARTICLE entry; what it does not say stays as it was."""
        known = self._stories.get(entry.article_id) or Story(entry.article_id, entry.time_ms)
        story = replace(known, **_said(entry.body))
        self._stories[entry.article_id] = story
        if "vector" in entry.body:
            self.own.apply(entry.article_id, entry.body["vector"], str(entry.body.get("vector_name") or ""))
        if "tags" in entry.body:
            self.tagged.apply(entry.article_id, story.tags)
        self.posts += 1
        return story

    def digest(self) -> str:
        """Equal for equal content, whatever process folded it."""
        content = [[getattr(story, name) for name in Story.__slots__] for _, story in sorted(self._stories.items())]
        return blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return {name: _fact(name, body[name]) for name in FACTS if name in body}


def _fact(name: str, value: Any) -> Any:
    """A fact as it was posted; one of an entry made before today's rules is read as training reads it."""
    if name in ("title", "section", "region") and value is not None:
        return clean_title(value) if name == "title" else clean_text(value)
    if name == "tags":
        return tuple(value or ())
    if value is None or not name.endswith("_ms"):
        return value
    try:
        return epoch_ms(value)
    except ValueError:
        return None if name == "issued_ms" else within_bounds(int(value))
