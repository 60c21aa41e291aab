"""Texts in small letters without accents, letter for letter, so that a place in one is the same place in the other."""

import unicodedata
from collections.abc import Iterable, Iterator

LAST = 0x250  # of the Latin letters with accents


def _base(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    return base if len(base) == 1 and ord(base) < LAST else letter


_TABLE = {code: _base(chr(code)) for code in range(ord("A"), LAST) if chr(code).isalpha()}
_LATIN = bytes(ord(_TABLE.get(code, chr(code))) for code in range(256))


def fold(text: str) -> str:
    """The text in small letters without accents, of the same length.

    >>> fold("JOÃO d'Ávila")
    "joao d'avila"
    """
    try:
        return text.encode("latin-1").translate(_LATIN).decode("latin-1")  # ten times as fast
    except UnicodeEncodeError:
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


def without_texts(text: str, values: Iterable[str]) -> str:
    """The text without some values, wherever they occur in whatever letters."""
    lower = fold(text)
    for wanted in dict.fromkeys(fold(value.strip()) for value in values):
        if wanted and wanted in lower:
            text = without_spans(text, _spans(lower, wanted))
            lower = fold(text)
    return text


def _spans(lower: str, wanted: str) -> Iterator[tuple[int, int]]:
    at = 0
    while (at := lower.find(wanted, at)) >= 0:
        yield at, at + len(wanted)
        at += len(wanted)
