"""A plot is a table of its numbers: nothing is lost, texts are escaped, and lengths agree."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.plots import Plot, PlotWords, Series, figure, spark

values = st.none() | st.floats(allow_nan=True, allow_infinity=False, width=32)
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    labels = draw(st.lists(names, max_size=6))
    fill = st.lists(values, min_size=len(labels), max_size=len(labels))
    series = [Series(name, draw(fill)) for name in draw(st.lists(names, max_size=3))]
    return Plot(draw(st.sampled_from(["lines", "bars", "rows"])), draw(names), draw(names), labels, series)


@given(plots())
def test_csv_and_table_hold_every_number_once(plot: Plot) -> None:
    numbers = [value for each in plot.series for value in each.values if value is not None and value == value]
    rows = list(csv.reader(io.StringIO(plot.csv())))
    found = [float(cell) for row in rows[1:] for cell in row[1:] if cell]
    assert sorted(found) == sorted(numbers)
    drawn = [float(text) for text in re.findall(r'data-value="([^"]*)"', figure(plot))]
    assert sorted(drawn) == pytest.approx(sorted(numbers), rel=1e-5)


@pytest.mark.parametrize("field", ["values", "low", "high"])
def test_a_series_of_another_length_is_refused(field: str) -> None:
    given = {"values": [1.0, 2.0], "low": [0.0, 1.0], "high": [2.0, 3.0], field: [1.0]}
    with pytest.raises(ValueError, match="'two' needs 2 values"):
        Plot("bars", "x", "x", ["a", "b"], [Series("two", given["values"], given["low"], given["high"])])


def test_texts_are_escaped_and_missing_numbers_are_dashes() -> None:
    text = figure(Plot("bars", "<b>", "<i>", ["<u>"], [Series("<s>", [float("nan")])], caption="<p>&"))
    assert not re.search(r"<[bius]>", text)
    assert '<td class="number">–</td>' in text
    assert '"><' not in spark([1, 2], '"><script>').removesuffix('"></span>')


def test_intervals_and_languages_are_in_the_table() -> None:
    plot = Plot("bars", "Recall", "segment", ["all"], [Series("new", [0.25], [0.125], [0.5])], unit="percent")
    text = figure(plot, PlotWords("Números", "a", "pt"))
    assert "25% (12% a 50%)" in text
    assert 'data-low="0.125" data-high="0.5"' in text
    assert "<summary>Números</summary>" in text
