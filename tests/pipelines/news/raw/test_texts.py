"""Tables are cleaned by the same rules as requests."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.raw.texts import bad_id, clean_id, clean_text, clean_title
from script_shared import names

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [
        "  a ",
        "null",
        "NaN",
        "\u00a0x\u200b",
        "a\tb",
        "x" * 513,
        "&eacute;",
        "o\ufb01cina",
        "a\r\nb",
        "&#233;",
        "\\N",
        "a\x85b",
    ]
)


def of_requests(text: str) -> tuple[str | None, bool]:
    try:
        return names.clean_id(text) or None, False
    except ValueError:
        return None, True


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_ids(texts: list[str]):
    table = pl.DataFrame({"id": texts}).select(clean_id("id"))
    table = table.with_columns(bad_id(pl.col("id")).alias("bad"))
    found = [(None if bad else text, bad) for text, bad in table.rows()]
    assert found == [of_requests(text) for text in texts]


@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_texts_and_titles(texts: list[str]):
    table = pl.DataFrame({"text": texts}).select(clean_text("text"), clean_title("text").alias("title"))
    assert table["text"].to_list() == [names.clean_text(text) for text in texts]
    assert table["title"].to_list() == [names.clean_title(text) for text in texts]


def test_a_missing_cell_is_no_id_and_an_empty_text():
    table = pl.DataFrame({"a": [None]}, schema={"a": pl.String}).select(clean_id("a"), clean_text("a").alias("text"))
    assert table.row(0) == (None, "")
