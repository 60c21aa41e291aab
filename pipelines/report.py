"""Reports for people: one self-contained HTML page of sections with text, charts and tables, plain enough to print."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

INK = "#1c2733"
MUTED = "#6b7785"
COLOURS = ("#1f5f8b", "#d9822b", "#4a8f5c", "#a23b52", "#7a6aa8", "#8c8c8c")
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "pauta",
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e8ec",
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}


@dataclass(frozen=True)
class Chart:
    """A chart as inline SVG, with a caption."""

    svg: str
    caption: str = ""
    kind: str = "chart"


@dataclass(frozen=True)
class Table:
    """Rows under a header. Numbers are set to the right and formatted by `number`; None and nan become a dash."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class Section:
    """A heading, a paragraph, and blocks in order."""

    title: str
    text: str = ""
    blocks: Sequence[Chart | Table] = field(default_factory=tuple)


def number(value: Any) -> str:
    """A cell as text: thousands separated, four significant digits, a dash for what is missing.

    >>> number(1234567), number(0.123456), number(None), number("logged")
    ('1,234,567', '0.1235', '–', 'logged')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def is_number(value: Any) -> bool:
    """Whether a cell is set to the right; a missing value is aligned like a number."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def draw(
    paint: Callable[[Any], None], caption: str = "", *, width: float = 7.4, height: float = 2.7, columns: int = 1
) -> Chart:
    """Draw one chart in the house style.

    Args:
        paint: is handed the matplotlib axes (an array of axes when ``columns`` is above 1) and draws on them.
        caption: what the chart shows.
        width: inches; 7.4 fills the page.
        height: inches.
        columns: axes side by side.
    """
    from cycler import cycler
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    text = StringIO()
    with rc_context(STYLE | {"axes.prop_cycle": cycler(color=COLOURS)}):
        figure = Figure(figsize=(width, height), layout="constrained")
        paint(figure.subplots(1, columns))
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    return Chart(svg[svg.index("<svg") :], caption)


def render_page(title: str, sections: Sequence[Section], *, subtitle: str = "", verdict: str = "") -> str:
    """The whole page as HTML text; it loads nothing from anywhere.

    Args:
        title: heading of the page.
        sections: in reading order.
        subtitle: a line under the title, such as run, source and window.
        verdict: one sentence in a box before everything else.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipelines"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["number"] = number
    environment.tests["numeric"] = is_number
    template = environment.get_template("page.html.jinja")
    return template.render(title=title, sections=sections, subtitle=subtitle, verdict=verdict)


def write_page(path: Path, html: str) -> None:
    """Write the page; a reader of ``path`` sees the old page or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(html, encoding="utf-8")
    partial.replace(path)
