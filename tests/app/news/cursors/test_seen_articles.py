"""Cursors: small, complete, and read by nobody else."""

import base64
import contextlib
import struct

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
    after_second = seen_articles.write(seen_articles.read(after_first).marks, second)
    assert after_second is not None
    read = seen_articles.read(after_second)
    assert read.marks == {mark(article) for article in [*first, *second]}
    assert read.last == (second[-1] if second else "")


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with contextlib.suppress(RequestError):
        assert all(0 <= one < 2**32 for one in seen_articles.read(text).marks)


def test_there_is_an_end() -> None:
    assert seen_articles.write(frozenset(range(seen_articles.MOST)), ["one more"]) is None


def test_a_cursor_of_another_version_is_refused() -> None:
    with pytest.raises(RequestError):
        seen_articles.read("MwAAAAA")


def test_a_cursor_that_an_earlier_version_wrote_is_read() -> None:
    before = base64.urlsafe_b64encode(b"1" + struct.pack("<2I", 5, 7)).decode().rstrip("=")
    assert seen_articles.read(before) == (frozenset([5, 7]), "")
