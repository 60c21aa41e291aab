"""The page frame of reports: self-contained, escaped, and honest about what is missing."""

import re
from pathlib import Path

import pytest

from pipelines.report import Section, Table, draw, number, render_page, write_page


def _page() -> str:
    chart = draw(lambda axes: axes.plot([1, 2, 3], [2, 1, 3]), "What it shows")
    table = Table(["name", "count"], [["<b>", 1234567], ["none", None]], "A table")
    return render_page("Title & more", [Section("First", "Text.", [chart, table])], subtitle="run 1", verdict="Fine.")


def test_a_page_loads_nothing_from_anywhere() -> None:
    page = re.sub(r'xmlns(:\w+)?="[^"]*"', "", _page())
    assert "<svg" in page
    assert not re.search(r"(src|href)\s*=\s*[\"']\s*(https?:|//)|@import|<link|<script|url\(\s*[\"']?http", page)


def test_text_is_escaped_and_the_drawing_is_not() -> None:
    page = _page()
    assert "Title &amp; more" in page
    assert "&lt;b&gt;" in page
    assert "&lt;svg" not in page


def test_the_same_drawing_gives_the_same_bytes() -> None:
    assert _page() == _page()


def test_several_axes_are_drawn_side_by_side() -> None:
    chart = draw(lambda axes: [axis.set_title(f"part {place}") for place, axis in enumerate(axes)], columns=3)
    assert all(f"part {place}" in chart.svg for place in range(3))


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567, "1,234,567"), (0.0, "0"), (0.123456, "0.1235"), (98765.4, "98,765"), (True, "True"), ("a", "a")],
)
def test_numbers_are_set_for_reading(value: object, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_what_is_missing_is_a_dash_and_not_a_zero(missing: object) -> None:
    assert number(missing) == "–"


def test_writing_a_page_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "page.html"
    write_page(path, "old")
    write_page(path, "new")
    assert path.read_text() == "new"
    assert [file.name for file in path.parent.iterdir()] == ["page.html"]
