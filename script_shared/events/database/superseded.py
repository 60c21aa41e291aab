"""Versions of posted articles that later posts replaced: nobody reads them, so the log drops them by age."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby

from sqlalchemy import Connection, delete, select

from script_shared.events.database.articles import BEFORE, is_article
from script_shared.events.database.schema import ENTRIES
from script_shared.events.entry import Entry

_AT_ONCE = 50  # articles whose posts, texts included, are read and deleted in one transaction


def superseded_posts(posts: Iterable[Entry]) -> list[int]:
    """The numbers of the posts about one article of which later posts repeat every field.

    The last post is never among them. The result is empty if the last post lacks the time at which the article was
    first posted, as posts of early versions do.

    Args:
        posts: in order.

    >>> from script_shared.events.entry import Kind
    >>> says = [{"title": "A", "text": "a"}, {"title": "B"}, {"title": "C", "before": {"posted_ms": 1}}]
    >>> posts = [Entry(str(at), Kind.ARTICLE, 1, "", "a1", body, at) for at, body in enumerate(says, 1)]
    >>> superseded_posts(posts)
    [2]
    """
    ordered = list(posts)
    if not ordered or "posted_ms" not in ordered[-1].body.get(BEFORE, {}):
        return []
    found: list[int] = []
    later: set[str] = set()
    for place, post in enumerate(reversed(ordered)):
        said = post.body.keys() - {BEFORE}
        if place and said <= later:
            found.append(post.seq)
        later |= said
    return sorted(found)


class SupersededPosts:
    """Deletes superseded posts in transactions of the log.

    Args:
        transaction: opens a transaction on the database of the log.
        entries: reads entries by their numbers, a few at a time.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        entries: Callable[[list[int]], Iterator[list[Entry]]],
    ) -> None:
        self._transaction, self._entries = transaction, entries

    def prune(self, before_ms: int, until: int) -> int:
        """Delete superseded posts from before ``before_ms``, epoch milliseconds; returns how many.

        Args:
            before_ms: epoch milliseconds, UTC.
            until: number of the last post to read; the release in service has all posts up to it.
        """
        gone = 0
        repeated = self._repeated_posts(before_ms, until)
        for start in range(0, len(repeated), _AT_ONCE):
            some = [seq for seqs in repeated[start : start + _AT_ONCE] for seq in seqs]
            posts = [post for part in self._entries(some) for post in part]
            posts.sort(key=lambda post: (post.article_id, post.seq))
            old = {post.seq for post in posts if post.time_ms < before_ms}
            articles = groupby(posts, lambda post: post.article_id)
            numbers = [seq for _, of_article in articles for seq in superseded_posts(of_article) if seq in old]
            with self._transaction() as connection:
                gone += connection.execute(delete(ENTRIES).where(ENTRIES.c.seq.in_(numbers))).rowcount
        return gone

    def _repeated_posts(self, before_ms: int, until: int) -> list[list[int]]:
        """The numbers of the posts about each article that has several posts, one of them old enough."""
        query = select(ENTRIES.c.seq, ENTRIES.c.article_id, ENTRIES.c.time_ms).where(
            is_article(), ENTRIES.c.seq <= until
        )
        found: dict[str, list[int]] = {}
        old: set[str] = set()
        with self._transaction() as connection:
            for seq, article_id, time_ms in connection.execute(query.order_by(ENTRIES.c.seq)):
                found.setdefault(article_id, []).append(seq)
                if time_ms < before_ms:
                    old.add(article_id)
        return [seqs for article_id, seqs in found.items() if article_id in old and len(seqs) > 1]
