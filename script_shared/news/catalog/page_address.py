"""Section and region from an article's address. ``refine/addresses.py`` has the same rules for tables."""

import re
from functools import lru_cache

STATES = "ac|al|am|ap|ba|ce|df|es|go|ma|mg|ms|mt|pa|pb|pe|pi|pr|rj|rn|ro|rr|rs|sc|se|sp|to"
REGIONAL = "regional"
PLAIN_PAGE = "noticia|noticias|post|video|playlist|ao-vivo|[0-9]+"  # segments that name a kind of page or a date
FIRST_SEGMENT = "^https?://[^/]+/([^/?#]+)"
STATE = f"^https?://[^/]+/({STATES})(?:/|$)"
AFTER_PLACE = f"^https?://[^/]+/(?:{STATES})/[^/]+/([^/?#]+)/"
_FIRST, _AFTER = re.compile(FIRST_SEGMENT), re.compile(AFTER_PLACE)
_STATE = re.compile(STATE.replace("$", r"\Z"))  # to Python, $ also matches before a line break
_PLAIN = re.compile(PLAIN_PAGE)


@lru_cache(4096)
def section_and_region(url: str) -> tuple[str, str]:
    """Section and region of an address, "" for what it does not say.

    The region is a two-letter state code in first place. Without one, the section is the first path segment; with one,
    it is what follows the state and the place, or ``regional`` when that is only the kind of page.

    >>> section_and_region("https://site.example/saude/noticia/2022/08/15/a.ghtml")
    ('saude', '')
    >>> section_and_region("https://site.example/sp/campinas/eleicoes/noticia/a.ghtml")
    ('eleicoes', 'sp')
    """
    if state := _STATE.match(url):
        deeper = _AFTER.match(url)
        plain = deeper is None or _PLAIN.fullmatch(deeper[1])
        return (REGIONAL if plain or deeper is None else deeper[1]), state[1]
    first = _FIRST.match(url)
    return (first[1] if first else ""), ""
