"""The API's view of an article: metadata, state, and the editors' posts."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from script_shared.names import section_key
from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.catalog.tags import ACCENT, tag_key
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.times import iso

NOBODY = Bars()
MOST_WORDS = 10  # of a search
_key = lru_cache(1024)(section_key)
_START = rf"(?<![^\W_])(?<!{ACCENT})"


@dataclass(frozen=True)
class ArticleFacts:
    """Looks articles up as they are at one moment."""

    recommender: LiveRecommender
    available: Availability

    @classmethod
    def now(cls, recommender: LiveRecommender) -> "ArticleFacts":
        return cls(recommender, recommender.available())

    def metadata(self, article_id: str) -> dict[str, Any]:
        """Metadata in the form of all lists."""
        shown, row = self.recommender.article_view(article_id), self.available.rows.row(article_id)
        story = self.available.editorial.get(article_id)
        return {
            "page": article_id,
            "title": shown.title,
            "url": shown.url,
            "issued": iso(shown.issued_ms),
            "section": self.available.section(article_id, row),
            "region": self.available.region(article_id, row),
            "tags": list(story.tags) if story is not None else [],
        }

    def metadata_and_state(self, article_id: str) -> dict[str, Any]:
        """Metadata and state."""
        return {**self.metadata(article_id), "state": self.state(article_id)}

    def state(self, article_id: str) -> str:
        """``shown``, or why it is in no list; ``unknown`` for an article that does not exist."""
        return self.available.refusal(article_id, NOBODY) or "shown"

    def is_public(self, article_id: str) -> bool:
        """Whether the article is public: published, and not withdrawn by editors."""
        story = self.available.editorial.get(article_id)
        withdrawn = story is not None and story.refusal(self.available.now_ms) != ""
        return not withdrawn and self.state(article_id) in ("shown", "expired")

    def editorial(self, article_id: str) -> dict[str, Any]:
        """The editors' posts, for admins."""
        story = self.available.editorial.get(article_id)
        return {
            "in_release": self.available.rows.row(article_id) >= 0,
            "posted_at": iso(story.posted_ms) if story else None,
            "embargo_until": iso(story.embargo_ms) if story and story.embargo_ms is not None else None,
            "expires": iso(story.expires_ms) if story and story.expires_ms is not None else None,
            "hidden": story.hidden if story else False,
            "taken_down": story.taken_down if story else False,
        }

    def has(self, article_id: str, *, tag: str = "", section: str = "", region: str = "") -> bool:
        """Whether it has a tag and is of a section and region; "" for any."""
        row = self.available.rows.row(article_id)
        return (
            (not tag or self.available.editorial.tagged.has(article_id, tag))
            and (not section or _key(self.available.section(article_id, row)) == _key(section))
            and (not region or _key(self.available.region(article_id, row)) == _key(region))
        )

    def says(self, article_id: str, words: Sequence[re.Pattern[str]]) -> bool:
        """Whether the title has all of these, which :func:`beginnings` made."""
        title = unicodedata.normalize("NFKD", self.recommender.article_view(article_id).title.casefold())
        return all(word.search(title) for word in words)


def beginnings(text: str) -> list[re.Pattern[str]]:
    """The words of a search, each as the beginning of a word, with and without accents.

    Args:
        text: of a search; words beyond ``MOST_WORDS`` are ignored.

    >>> [bool(word.search("eleic\u0327a\u0303o!")) for word in beginnings("eleica leicao")]
    [True, False]
    """
    words = tag_key(text).split()[:MOST_WORDS]
    return [re.compile(_START + f"{ACCENT}*".join(map(re.escape, word))) for word in words]
