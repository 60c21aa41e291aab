"""Rows of articles in a release's catalog and in a live state."""

from types import SimpleNamespace
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.state.articles import Articles

IDS = [f"a{place}" for place in range(8)]
CHANGE = st.tuples(
    st.sampled_from(["number", "row", "release", "forget", "renumber"]), st.sampled_from([*IDS, "not in the catalog"])
)


def _change(articles: Articles, kind: str, article: str) -> None:
    if kind == "number":
        articles.number(article, 5)
    elif kind == "row" and article in articles.numbers and articles.find(article) < 0 and not articles.full:
        articles.give_row(articles.numbers[article])
    elif kind == "release" and (row := articles.find(article)) >= 0:
        articles.release(np.array([row]))
    elif kind == "renumber":
        articles.renumber()
    elif kind == "forget" and article in articles.numbers and articles.find(article) < 0:
        articles.ids[articles.numbers.pop(article)] = ""  # when it comes back, it gets another number


@given(st.lists(st.lists(CHANGE, max_size=6), max_size=6), st.lists(st.integers(0, len(IDS) - 1), max_size=9))
def test_rows_in_a_live_state_are_those_found_by_id(changes: list[list[tuple[str, str]]], rows: list[int]) -> None:
    catalog = SimpleNamespace(issued_ms=np.zeros(len(IDS)), ids=SimpleNamespace(ids=IDS))
    found, articles = CatalogRows(cast("Catalog", catalog)), Articles(4)
    assert found.live_rows(rows, articles).tolist() == [-1] * len(rows)
    for some in changes:
        for kind, article in some:
            _change(articles, kind, article)
        assert found.live_rows(rows, articles).tolist() == articles.find_all(IDS[row] for row in rows)
    other = Articles(4)
    other.give_row(other.number("a3", 5))
    assert found.live_rows([3, 2], other).tolist() == [0, -1]
