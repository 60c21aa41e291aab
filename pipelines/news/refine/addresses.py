"""What an article's address says of it: its section and its region."""

import polars as pl

from pipelines.news import columns as c

STATES = "ac|al|am|ap|ba|ce|df|es|go|ma|mg|ms|mt|pa|pb|pe|pi|pr|rj|rn|ro|rr|rs|sc|se|sp|to"
REGIONAL = "regional"
PLAIN_PAGE = r"noticia|noticias|post|video|playlist|ao-vivo|\d+"  # path segments that name a kind of page or a date
FIRST_SEGMENT = r"^https?://[^/]+/([^/?#]+)"
STATE = rf"^https?://[^/]+/({STATES})(?:/|$)"
AFTER_PLACE = rf"^https?://[^/]+/(?:{STATES})/[^/]+/([^/?#]+)/"


def section_and_region(url: str) -> tuple[pl.Expr, pl.Expr]:
    """Section and region of the addresses in column ``url``.

    The region is a two-letter state code in first place. Without one, the section is the first path segment; with one,
    it is what follows the state and the place, or ``regional`` when that is only the kind of page.
    """
    address = pl.col(url)
    region = address.str.extract(STATE).fill_null("")
    deeper = address.str.extract(AFTER_PLACE)
    plain = deeper.is_null() | deeper.str.contains(f"^(?:{PLAIN_PAGE})$")
    regional = pl.when(plain).then(pl.lit(REGIONAL)).otherwise(deeper)
    first = address.str.extract(FIRST_SEGMENT).fill_null("")
    section = pl.when(region != "").then(regional).otherwise(first)
    return section.alias(c.SECTION), region.alias(c.REGION)
