"""The one definition of ids, titles, texts, sections and missing values, for files, events, posts, paths and queries.

An id keeps its characters: two spellings of one word (NFC, NFD) stay two ids. Titles and texts
are cleaned for people and for the text models. ``pipelines/news/raw/texts.py`` has the same rules for tables.
"""

import html
import re
import unicodedata
from functools import lru_cache

MAX_ID = 512  # characters; PostgreSQL indexes up to 2,700 bytes, and UTF-8 takes at most 4 for one
MAX_TITLE = 1000  # characters; longer titles are cut
NULLS = ("", "null", "none", "nan", "undefined", "\\n")  # spellings of a missing value, in lower case
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # zero width: no white space to Python, and nothing to see
SOFT_HYPHEN = "\u00ad"
LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_NO_EDGE = "\x1c\x1d\x1e\x1f"  # white space to Python, and control characters to all others
_LAST_SPACE = 0x3000  # of Unicode
_EDGES = INVISIBLE + "".join(
    letter for letter in map(chr, range(_LAST_SPACE + 1)) if letter.isspace() and letter not in _NO_EDGE
)
_BLANKS = re.compile(r"\s+")
_UNSEEN = re.compile(rf"[{INVISIBLE}{SOFT_HYPHEN}]|(?![\t\n\v\f\r\x85])[\x00-\x1f\x7f-\x9f]|[\ud800-\udfff]")
_BAD_IN_ID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_IN_SLUG = re.compile(r"[\W_]+")
_LONGEST_NULL = max(map(len, NULLS))


def is_null(value: object) -> bool:
    """Whether the value means "missing".

    >>> [is_null(value) for value in (None, " NaN ", "\\\\N", "0", "nana")]
    [True, True, True, False, False]
    """
    return value is None or _stands_for_missing(str(value).strip(_EDGES))


def _stands_for_missing(text: str) -> bool:
    return len(text) <= _LONGEST_NULL and text.lower() in NULLS


def clean_id(value: object) -> str:
    """The id of a user, session, event or page; "" for a missing one.

    White space around it does not count.

    Args:
        value: as a file or a request has it, of any type.

    Raises:
        ValueError: it holds a control character or half of a character, or is too long; the message is for people.

    >>> clean_id("  a-1\\u00a0"), clean_id(None), clean_id("null")
    ('a-1', '', '')
    """
    if value is None:
        return ""
    text = str(value).strip(_EDGES)
    if len(text) > MAX_ID:
        raise ValueError(f"may have at most {MAX_ID} characters")
    if not text.isprintable() and _BAD_IN_ID.search(text):
        raise ValueError("may not contain control characters or surrogates")
    return "" if _stands_for_missing(text) else text


def clean_text(value: object) -> str:
    """A text as people read it: entities decoded, words whole, white space as one blank; "" for a missing one.

    Args:
        value: as a file or a request has it, of any type.

    >>> clean_text("Elei&ccedil;&atilde;o\\r\\n &amp; vo\\u00adto")
    'Eleição & voto'
    """
    if value is None:
        return ""
    text = str(value)
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text.strip(" ")
    text = html.unescape(text)
    text = _UNSEEN.sub("", text)
    for ligature, letters in LIGATURES.items():
        text = text.replace(ligature, letters)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def clean_title(value: object) -> str:
    """A title on one line, cut at ``MAX_TITLE`` characters.

    Args:
        value: as a file or a request has it, of any type; None gives "".

    >>> clean_title("Chuva\\nfecha a serra")
    'Chuva fecha a serra'
    """
    return clean_text(value)[:MAX_TITLE].rstrip()


def section_key(value: object) -> str:
    """The key by which sections are compared: lower case, without accents, words joined by hyphens; "" for none.

    Args:
        value: a name or a key of a section, of any type.

    >>> section_key("Política"), section_key("são paulo/"), section_key("sao-paulo")
    ('politica', 'sao-paulo', 'sao-paulo')
    """
    return "" if value is None else _slug(str(value))


@lru_cache(4096)
def _slug(value: str) -> str:
    text = clean_text(value)
    plain = _without_accents(_without_accents(text).casefold())
    return _NOT_IN_SLUG.sub("-", plain).strip("-") or text


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
