"""Lists written as one string, in both spellings."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.raw.string_lists import elements, lengths, plain
from tests.pipelines.news.challenge_files import comma_list, numpy_list

IDS = st.lists(st.text("abc-:/#,.1", min_size=1, max_size=9).filter(lambda text: not text.endswith(",")), max_size=6)


@given(st.lists(IDS, min_size=1, max_size=5))
def test_both_spellings_hold_the_same_elements(lists: list[list[str]]) -> None:
    commas = pl.Series([comma_list(values) for values in lists], dtype=pl.String)
    numpys = pl.Series([numpy_list(values) for values in lists], dtype=pl.String)
    assert plain(numpys).to_list() == commas.to_list()
    assert lengths(commas).to_list() == [len(values) for values in lists]
    full = pl.DataFrame({"cell": commas}).filter(pl.col("cell") != "")
    assert full.select(elements("cell"))["cell"].to_list() == [value for values in lists for value in values]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("[1660533136590 1660672113513]", "1660533136590, 1660672113513"),
        ("['id1'\n 'id2']", "id1, id2"),
        ("['a', 'b']", "a, b"),
        ("[ 1.5\n  2. ]", "1.5, 2."),
        ("['one']", "one"),
        ("['new item'\n ' padded ' \"it's\"]", "new item,  padded , it's"),
        ("['[urgente]' 'b']", "[urgente], b"),
        ("[urgente]", "[urgente]"),
        ("[nan inf -1e5]", "nan, inf, -1e5"),
        ("[]", ""),
        ("", ""),
        ("plain", "plain"),
    ],
)
def test_a_cell_is_brought_into_the_comma_spelling(cell: str, wanted: str) -> None:
    assert plain(pl.Series([cell])).to_list() == [wanted]


def test_spellings_may_be_mixed_in_one_column() -> None:
    assert plain(pl.Series(["a, b", "['c'\n 'd']", ""])).to_list() == ["a, b", "c, d", ""]
