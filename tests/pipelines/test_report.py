"""The page frame of reports: self-contained, escaped, and honest about what is missing."""

import re
from pathlib import Path

import pytest

from pipelines.report import Section, Table, number, render_page, write_page
from script_shared.plots import Plot, Series


def _page() -> str:
    plot = Plot("lines", "Reads", "hour", ["1", "2", "3"], [Series("logged <in>", [2, 1, None])], "What it shows")
    table = Table(["name", "count"], [["<b>", 1234567], ["none", None]], "A table")
    return render_page("Title & more", [Section("First", "Text.", [plot, table])], subtitle="run 1", verdict="Fine.")


def test_a_page_loads_nothing_from_anywhere_and_brings_the_script_of_its_plots() -> None:
    page = _page()
    assert "Chartist" in page
    page = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert '<figure class="plot"' in page
    assert not re.search(r"(src|href)\s*=\s*[\"']\s*(https?:|//)|@import|<link|<script|url\(\s*[\"']?http", page)


def test_a_page_without_plots_has_no_script() -> None:
    assert "<script" not in render_page("Title", [Section("First", "Text.", [Table(["name"], [["a"]])])])


def test_text_is_escaped_and_the_plot_is_not() -> None:
    page = _page()
    assert "Title &amp; more" in page
    assert "&lt;b&gt;" in page
    assert "logged &lt;in&gt;" in page
    assert "&lt;figure" not in page


def test_the_same_facts_give_the_same_bytes() -> None:
    assert _page() == _page()


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
