"""Posts about articles since the release was made: metadata, embargo, expiry, hidden, taken down."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from typing import Any

from script_shared.events import Entry
from script_shared.events.database.articles import BEFORE, FACTS, ArticleRow
from script_shared.names import clean_text, clean_title
from script_shared.news.catalog.own_vectors import OwnVectors
from script_shared.news.catalog.page_address import section_and_region
from script_shared.news.catalog.tags import TagIndex
from script_shared.times import epoch_ms, within_bounds


@dataclass(frozen=True, slots=True)
class Story:
    """The posted fields of one article; None for fields that were never posted (the release's catalog may have them).

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
        """Why the editors withhold the article now; "" if they do not.

        Args:
            now_ms: epoch milliseconds, UTC, by the release's clock.
        """
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
    """The stories posted that are needed, by article id; folded in the log's order, so every process knows the same.

    An article that had expired when the release was made, and that no editor withdrew, is not known here until another
    post about it, which says what was said before.

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
        """What was posted about an article, None for nothing.

        Args:
            article_id: of any article.
        """
        return self._stories.get(article_id)

    def stories(self) -> list[Story]:
        """Everything posted, in the order of the first post."""
        return list(self._stories.values())

    def newest(self, count: int) -> Iterator[str]:
        """Ids of the articles whose first post came last, the last one first.

        Args:
            count: ids at most.
        """
        return islice(reversed(self._stories), count)

    def copy(self, other: "Editorial") -> None:
        """Copy the content of another one.

        Args:
            other: of the newsroom that is replaced; it stays as it is.
        """
        self._stories = dict(other._stories)
        self.own.copy(other.own)
        self.tagged.copy(other.tagged)

    def load(self, rows: Iterable[ArticleRow]) -> None:
        """Begin with what posts came to that the release was made after.

        Args:
            rows: in the order of their first posts.
        """
        for row in rows:
            self._take(Story(row.article_id, row.posted_ms), row.facts)

    def apply(self, entry: Entry) -> Story:
        """Take over an ARTICLE entry; what it does not say stays as it was.

        Args:
            entry: an ARTICLE entry, in the order of the log.
        """
        known = self._stories.get(entry.article_id)
        if known is None and (before := entry.body.get(BEFORE)):
            known = self._take(Story(entry.article_id, before["posted_ms"]), before)
        self.take_vector(entry)
        return self._take(known or Story(entry.article_id, entry.time_ms), entry.body)

    def take_vector(self, entry: Entry) -> None:
        """Take over the vector of an ARTICLE entry, if it has one.

        Args:
            entry: an ARTICLE entry.
        """
        if "vector" in entry.body:
            self.own.apply(entry.article_id, entry.body["vector"], str(entry.body.get("vector_name") or ""))

    def _take(self, known: Story, facts: dict[str, Any]) -> Story:
        story = self._stories[known.article_id] = replace(known, **_facts_in(facts))
        if "tags" in facts:
            self.tagged.apply(story.article_id, story.tags)
        self.posts += 1
        return story

    def digest(self) -> str:
        """A digest, equal for equal content in all processes."""
        content = [[getattr(story, name) for name in Story.__slots__] for _, story in sorted(self._stories.items())]
        return blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()


def _facts_in(body: dict[str, Any]) -> dict[str, Any]:
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
