"""The language of a text, as far as drift needs it: Portuguese, English or other, by its stop words."""

import re
from functools import cache

import polars as pl

from script_shared.algorithms.words import plain, stop_words

LEAST_SHARE = 0.08  # of the words that must be stop words of a language
LONGEST = 5_000  # characters that are read
_WORD = re.compile(r"[a-z]+")


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    """The stop words of each language that the other does not have."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    portuguese, english = stop_words(), frozenset(ENGLISH_STOP_WORDS)
    return {"pt": portuguese - english, "en": english - portuguese}


def language(text: str) -> str:
    """``pt``, ``en`` or ``other``.

    >>> language("a vaga é para quem gosta de trabalhar com dados")
    'pt'
    """
    found = _WORD.findall(plain(text[:LONGEST]))
    counts = {name: sum(word in words for word in found) for name, words in _stop_words().items()}
    best = max(counts, key=lambda name: counts[name])
    return best if found and counts[best] >= LEAST_SHARE * len(found) else "other"


def languages(texts: pl.Series) -> pl.Series:
    """The language of each text of a column, null for none.

    Args:
        texts: String (n).

    Returns:
        String (n): ``pt``, ``en`` or ``other``.
    """
    return texts.map_elements(language, return_dtype=pl.String)
