"""Texts in small letters without accents, letter for letter, so that a place in one is the same place in the other."""

import unicodedata
from collections.abc import Iterable

LAST = 0x250  # of the Latin letters with accents


def _base(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    return base if len(base) == 1 else letter


_TABLE = {code: _base(chr(code)) for code in range(ord("A"), LAST) if chr(code).isalpha()}


def fold(text: str) -> str:
    """The text in small letters without accents, of the same length.

    >>> fold("JOÃO d'Ávila")
    "joao d'avila"
    """
    return text.translate(_TABLE)


def without_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with a blank instead of each span; spans are in order and apart.

    >>> without_spans("abcdef", [(1, 3)])
    'a def'
    """
    parts, start = [], 0
    for begin, end in spans:
        parts.append(text[start:begin])
        start = end
    parts.append(text[start:])
    return " ".join(parts)


def without_text(text: str, value: str) -> str:
    """The text without a value, wherever it occurs in whatever letters."""
    lower, wanted, spans, at = fold(text), fold(value), [], 0
    while (at := lower.find(wanted, at)) >= 0:
        spans.append((at, at + len(wanted)))
        at += len(wanted)
    return without_spans(text, spans) if spans else text
