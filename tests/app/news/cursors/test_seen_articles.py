"""Cursors: small, complete, and read by nobody else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.news.cursors import seen_articles
from script_shared.errors import RequestError
from script_shared.news.catalog.availability import mark


@given(st.lists(st.text(min_size=1), max_size=40), st.lists(st.text(min_size=1), max_size=40))
def test_every_page_is_in_the_cursor_after_it(first: list[str], second: list[str]) -> None:
    after_first = seen_articles.write(frozenset(), first)
    assert after_first is not None
    after_second = seen_articles.write(seen_articles.read(after_first), second)
    assert after_second is not None
    assert seen_articles.read(after_second) == {mark(article) for article in [*first, *second]}


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with contextlib.suppress(RequestError):
        assert all(0 <= one < 2**32 for one in seen_articles.read(text))


def test_there_is_an_end() -> None:
    assert seen_articles.write(frozenset(range(seen_articles.MOST)), ["one more"]) is None


def test_a_cursor_of_another_version_is_refused() -> None:
    with pytest.raises(RequestError):
        seen_articles.read("MgAAAAA")
