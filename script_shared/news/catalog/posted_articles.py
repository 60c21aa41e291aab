"""Which posted articles are alive although all of the release has expired; they come first in a list then."""

from collections.abc import Iterable, Iterator
from itertools import chain

from script_shared.news.catalog.editorial import Editorial, Story


class PostedArticles:
    """When each posted article was published; ordered again only after a post."""

    def __init__(self, editorial: Editorial) -> None:
        self._editorial = editorial
        self._made_at = (-1, -1)
        self._issued: dict[str, int] = {}  # epoch milliseconds by article id, newest first

    def first(self, oldest_ms: int | float, likely: Iterable[str], ranked: Iterator[str]) -> Iterator[str]:
        """The posted articles published since ``oldest_ms``, then all of ``ranked``, which may repeat them.

        ``ranked`` is not pulled before the caller needs more than the posted articles.

        Args:
            oldest_ms: epoch milliseconds.
            likely: a bounded list that orders the posted articles it holds; the others follow, newest first.
            ranked: article ids, best first.
        """
        issued = self._refresh()
        if next(iter(issued.values()), 0) < oldest_ms:
            return ranked
        named = (article for article in likely if issued.get(article, 0) >= oldest_ms)
        return chain(named, self._since(oldest_ms), ranked)

    def _since(self, oldest_ms: int | float) -> Iterator[str]:
        for article, issued_ms in self._issued.items():
            if issued_ms < oldest_ms:
                return
            yield article

    def _refresh(self) -> dict[str, int]:
        made_at = (self._editorial.posts, len(self._editorial))
        if made_at != self._made_at:
            newest = sorted(self._editorial.stories(), key=_issued_ms, reverse=True)
            self._issued = {story.article_id: _issued_ms(story) for story in newest}
            self._made_at = made_at
        return self._issued


def _issued_ms(story: Story) -> int:
    return story.posted_ms if story.issued_ms is None else story.issued_ms
