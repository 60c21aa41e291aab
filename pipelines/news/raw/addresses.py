"""Columns of addresses: section and region, by the rules of ``script_shared.news.catalog.page_address``."""

import polars as pl

from pipelines.news import columns as c
from script_shared.news.catalog.page_address import AFTER_PLACE, FIRST_SEGMENT, PLAIN_PAGE, REGIONAL, STATE


def section_and_region(url: str) -> tuple[pl.Expr, pl.Expr]:
    """Section and region of the addresses in column ``url``, "" for what an address does not say.

    Args:
        url: name of a column of addresses.

    Returns:
        two String columns, named as the tables name section and region.
    """
    address = pl.col(url)
    region = address.str.extract(STATE).fill_null("")
    deeper = address.str.extract(AFTER_PLACE)
    plain = deeper.is_null() | deeper.str.contains(f"^(?:{PLAIN_PAGE})$")
    regional = pl.when(plain).then(pl.lit(REGIONAL)).otherwise(deeper)
    first = address.str.extract(FIRST_SEGMENT).fill_null("")
    section = pl.when(region != "").then(regional).otherwise(first)
    return section.alias(c.SECTION), region.alias(c.REGION)
