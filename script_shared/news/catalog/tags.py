"""Tags of posted articles: which articles have one, and which share some."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from script_shared.arrays import Float32s

LOOKED_AT = 50  # articles of one tag that are compared, those posted last
COMPARED = 12  # tags of what was read that are looked at
ACCENT = "[\u0300-\u036f]"  # as normalisation splits them off their letters
_ACCENTS, _WORDS = re.compile(ACCENT), re.compile(r"[^\W_]+")


def tag_key(text: str) -> str:
    """Text without case, accents and punctuation, by which tags are compared.

    Args:
        text: a tag as an editor wrote it.

    >>> tag_key("Eleições  2026!"), tag_key("ELEICOES-2026")
    ('eleicoes 2026', 'eleicoes 2026')
    """
    letters = text.casefold()
    if not letters.isascii():
        letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", letters))
    return " ".join(_WORDS.findall(letters))


class TagIndex:
    """Articles by tag and tags by article."""

    def __init__(self) -> None:
        self._of: dict[str, frozenset[str]] = {}
        self._articles: dict[str, dict[str, None]] = {}

    def apply(self, article_id: str, tags: Iterable[str]) -> None:
        """Take over an article's tags in place of those before."""
        for key in self._of.pop(article_id, ()):
            del self._articles[key][article_id]
        keys = frozenset(filter(None, map(tag_key, tags)))
        if keys:
            self._of[article_id] = keys
        for key in keys:
            self._articles.setdefault(key, {})[article_id] = None

    def copy(self, other: "TagIndex") -> None:
        """Copy the content of another one."""
        self._of = dict(other._of)
        self._articles = {key: dict(articles) for key, articles in other._articles.items()}

    def has(self, article_id: str, tag: str) -> bool:
        """Whether an article has a tag, however it is written."""
        return tag_key(tag) in self._of.get(article_id, ())

    def of(self, article_id: str) -> frozenset[str]:
        """The keys of an article's tags.

        Args:
            article_id: may be unknown.
        """
        return self._of.get(article_id, frozenset())

    def articles(self, tag: str) -> list[str]:
        """The articles with a tag, in the order of their posts."""
        return list(self._articles.get(tag_key(tag), ()))

    def sharing(self, read: Sequence[str]) -> list[str]:
        """Articles that share a tag with what was read, those posted last of each tag."""
        keys = dict.fromkeys(key for article in read for key in sorted(self._of.get(article, ())))
        found: dict[str, None] = {}
        for key in islice(keys, COMPARED):
            found.update(dict.fromkeys(islice(reversed(self._articles[key]), LOOKED_AT)))
        return list(found)

    def likeness(self, article_ids: Sequence[str], read: Sequence[str]) -> Float32s:
        """float32 (articles): the greatest share of tags in common with any article read (Jaccard), 0 for none."""
        mine = [self._of[article] for article in dict.fromkeys(read) if article in self._of]
        found = np.zeros(len(article_ids), np.float32)
        for at, article in enumerate(article_ids):
            theirs = self._of.get(article)
            if theirs and mine:
                found[at] = max(len(theirs & tags) / len(theirs | tags) for tags in mine)
        return found
