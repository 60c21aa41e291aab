"""Cursors: small, complete, and read by nobody else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.news import cursor
from script_shared.errors import RequestError
from script_shared.news.catalog.availability import mark


@given(st.lists(st.text(min_size=1), max_size=40), st.lists(st.text(min_size=1), max_size=40))
def test_every_page_is_in_the_cursor_after_it(first: list[str], second: list[str]) -> None:
    after_first = cursor.write(frozenset(), first)
    assert after_first is not None
    after_second = cursor.write(cursor.read(after_first), second)
    assert after_second is not None
    assert cursor.read(after_second) == {mark(article) for article in [*first, *second]}


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with contextlib.suppress(RequestError):
        assert all(0 <= one < 2**32 for one in cursor.read(text))


def test_there_is_an_end() -> None:
    assert cursor.write(frozenset(range(cursor.MOST)), ["one more"]) is None


def test_a_cursor_of_another_version_is_refused() -> None:
    with pytest.raises(RequestError):
        cursor.read("MgAAAAA")
