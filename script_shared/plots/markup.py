"""A plot as HTML: a figure with the table of its numbers, above which the script draws."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from script_shared.plots.numbers import number, percent
from script_shared.plots.plot import Plot, Series, Unit, Value, is_missing


class PlotWords(NamedTuple):
    """The words of a figure in the language of its page."""

    numbers: str = "Numbers"
    to: str = "to"
    language: str = "en"


def figure(plot: Plot, words: PlotWords | None = None) -> Markup:
    """The plot as a ``figure``. Without the script, people read its table.

    Args:
        plot: what is drawn.
        words: texts around it, in the language of the page; English by default.

    >>> "<figure" in figure(Plot("lines", "Reads", "hour", ["0"], [Series("logged", [3])]))
    True
    """
    words = words or PlotWords()
    content = Markup('<figure class="plot"{}>{}<details open><summary>{}</summary>{}</details>{}</figure>')
    caption = Markup("<p>{}</p>").format(plot.caption) if plot.caption else ""
    title = Markup('<figcaption class="plot-title">{}</figcaption>').format(plot.title)
    return content.format(_options(plot), title, words.numbers, _table(plot, words), caption)


def spark(values: Sequence[Value], text: str) -> Markup:
    """A small line beside a number, for tables and lists.

    Args:
        values: in the order of time; None leaves a gap.
        text: what it shows, for people who cannot see it.
    """
    shown = " ".join("-" if is_missing(value) else f"{value:.6g}" for value in values)
    return Markup('<span class="spark" role="img" aria-label="{}" data-values="{}"></span>').format(text, shown)


def _options(plot: Plot) -> Markup:
    given = {
        "plot": plot.kind,
        "unit": plot.unit,
        "scale": plot.scale,
        "stacked": plot.stacked or None,
        "numeric": plot.numeric or None,
        "mark": plot.mark,
        "top": plot.top,
    }
    return _join(Markup(' data-{}="{}"').format(name, value) for name, value in given.items() if value is not None)


def _table(plot: Plot, words: PlotWords) -> Markup:
    names = _join(Markup('<th scope="col" class="number">{}</th>').format(each.name) for each in plot.series)
    rows = _join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            label, _join(_cell(each, place, plot.unit, words) for each in plot.series)
        )
        for place, label in enumerate(plot.labels)
    )
    head = Markup('<thead><tr><th scope="col">{}</th>{}</tr></thead>').format(plot.over, names)
    table = Markup(
        '<div class="wide" tabindex="0" role="region" aria-label="{}"><table>{}<tbody>{}</tbody></table></div>'
    )
    return table.format(plot.title, head, rows)


def _cell(series: Series, place: int, unit: Unit, words: PlotWords) -> Markup:
    value, interval = series.values[place], series.interval(place)
    show = percent if unit == "percent" else number
    text, given = show(value, words.language), Markup("")
    if value is not None and not is_missing(value):
        given = Markup(' data-value="{}"').format(f"{value:.6g}")
    if interval:
        low, high = interval
        text += f" ({show(low, words.language)} {words.to} {show(high, words.language)})"
        given += Markup(' data-low="{}" data-high="{}"').format(f"{low:.6g}", f"{high:.6g}")
    return Markup('<td class="number"{}>{}</td>').format(given, escape(text))


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
