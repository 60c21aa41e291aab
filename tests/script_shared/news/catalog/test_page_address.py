"""An address gives the same facts about an article in the live state and in the tables."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news import columns as c
from pipelines.news.raw import addresses
from script_shared.news.catalog.page_address import section_and_region

SEGMENTS = st.sampled_from(
    ["sp", "SP", "campinas", "economia", "saúde", "noticia", "2022", "0\u0661", "", "a b", "?", "#x", "to\n", "rj"]
)
URLS = st.builds(
    lambda scheme, host, parts: f"{scheme}{host}/{'/'.join(parts)}",
    st.sampled_from(["http://", "https://", "ftp://", ""]),
    st.sampled_from(["site.example", "g1.globo.com", ""]),
    st.lists(SEGMENTS, max_size=6),
)


@given(st.lists(URLS | st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=10))
def test_tables_and_requests_read_an_address_alike(urls: list[str]):
    table = pl.DataFrame({c.URL: urls}).select(*addresses.section_and_region(c.URL))
    assert table.rows() == [section_and_region(url) for url in urls]


@pytest.mark.parametrize(
    ("url", "section", "region"),
    [
        ("https://g1.globo.com/economia/noticia/2022/08/14/a.ghtml", "economia", ""),
        ("https://g1.globo.com/sp/campinas-regiao/noticia/2022/08/14/a.ghtml", "regional", "sp"),
        ("https://g1.globo.com/rj/rio-de-janeiro/eleicoes/noticia/a.ghtml", "eleicoes", "rj"),
        ("https://g1.globo.com/sp", "regional", "sp"),
        ("https://g1.globo.com", "", ""),
        ("esid:conteudo#materia", "", ""),
        ("", "", ""),
    ],
)
def test_section_and_region_of_addresses(url: str, section: str, region: str):
    assert section_and_region(url) == (section, region)
