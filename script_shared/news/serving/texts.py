"""Compares articles by their words: copies of one story, and articles similar to what was just read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from script_shared.algorithms.content import Content
from script_shared.arrays import Float32s
from script_shared.events import Entry, Kind
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.model import NewsModel


def content_of(model: NewsModel) -> Content | None:
    """The release's vocabulary and vectors, None when none of its recommenders has any."""
    for recommender in model.recommenders.values():
        content = getattr(recommender, "content", None)
        if isinstance(content, Content) and len(content.terms):
            return content
    return None


@dataclass(frozen=True)
class Vectoriser:
    """Gives posted articles vectors in the release's vocabulary.

    Attributes:
        characters: of the text, that are looked at besides the title.
    """

    content: Content
    characters: int

    @classmethod
    def of(cls, model: NewsModel) -> "Vectoriser | None":
        """That of a release, None when it has no vocabulary.

        Args:
            model: the release.
        """
        content = content_of(model)
        return cls(content, model.params.logged.content.body_characters) if content is not None else None

    def vectors(self, entries: Sequence[Entry]) -> dict[int, csr_array]:
        """One row for each ARTICLE entry that says anything, by the entry's number.

        Args:
            entries: of any kind.

        Returns:
            float32 (1, terms) by number of the entry.
        """
        posts = [
            entry for entry in entries if entry.kind == Kind.ARTICLE and ("title" in entry.body or "text" in entry.body)
        ]
        if not posts:
            return {}
        rows = self.content.transform([self._text(entry) for entry in posts])
        return {entry.seq: csr_array(rows[[place]]) for place, entry in enumerate(posts)}

    def _text(self, entry: Entry) -> str:
        return f"{entry.body.get('title') or ''} {(entry.body.get('text') or '')[: self.characters]}"


@dataclass(frozen=True)
class Texts:
    """Vectors of articles by id: those posted since, else those of the release.

    Attributes:
        posted: one row each, of length 1 or empty.
    """

    rows: CatalogRows
    content: Content
    posted: Mapping[str, csr_array]

    def vectors(self, article_ids: Sequence[str]) -> csr_array:
        """float32 (articles, terms), rows of length 1, or empty where no text is known."""
        posted = [article_id for article_id in dict.fromkeys(article_ids) if article_id in self.posted]
        rows = {article_id: self.rows.row(article_id) for article_id in article_ids if article_id not in self.posted}
        known = [article_id for article_id, row in rows.items() if row >= 0]
        at = {article_id: place for place, article_id in enumerate([*known, *posted])}
        blocks = [self.content.vectors.take(np.array([rows[article_id] for article_id in known], np.int64))]
        blocks += [self.posted[article_id] for article_id in posted]
        blocks.append(csr_array((1, len(self.content.terms)), dtype=np.float32))  # of those whose text is not known
        return csr_array(vstack(blocks, format="csr")[[at.get(article_id, len(at)) for article_id in article_ids]])

    def similarities(self, article_ids: Sequence[str]) -> Float32s:
        """float32 (articles, articles): cosines, 0 where a text is not known."""
        vectors = self.vectors(article_ids)
        return (vectors @ vectors.T).toarray()

    def likeness(self, article_ids: Sequence[str], read: Sequence[str]) -> Float32s:
        """float32 (articles): the greatest cosine of each article with any of those read, 0 for none.

        Args:
            article_ids: m articles, of the catalog or posted; an article without words is similar to none.
            read: ids of what the user has read.
        """
        if not article_ids or not read:
            return np.zeros(len(article_ids), np.float32)
        return (self.vectors(article_ids) @ self.vectors(read).T).toarray().max(axis=1)
