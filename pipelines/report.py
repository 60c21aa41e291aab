"""Reports for people: one self-contained HTML page of sections with text, plots and tables, plain enough to print."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from script_shared.plots import SCRIPTS, STYLE, Plot, figure, number, web_text


@dataclass(frozen=True)
class Table:
    """Rows under a header. Numbers are set to the right; None and nan become a dash."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class Section:
    """A heading, a paragraph, and blocks in order."""

    title: str
    text: str = ""
    blocks: Sequence[Plot | Table] = field(default_factory=tuple)


def is_number(value: Any) -> bool:
    """Whether a cell is set to the right; a missing value is aligned like a number."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def render_page(title: str, sections: Sequence[Section], *, subtitle: str = "", verdict: str = "") -> str:
    """The whole page as HTML text; it loads nothing from anywhere, and holds the script that draws its plots.

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
    has_plots = any(isinstance(block, Plot) for section in sections for block in section.blocks)
    return environment.get_template("page.html.jinja").render(
        title=title,
        sections=sections,
        subtitle=subtitle,
        verdict=verdict,
        figure=figure,
        style=web_text(STYLE) if has_plots else "",
        scripts=[web_text(name) for name in SCRIPTS] if has_plots else [],
    )


def write_page(path: Path, html: str) -> None:
    """Write the page; a reader of ``path`` sees the old page or the new one, never half of one.

    Args:
        path: of the page; its folders are made.
        html: the whole page.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(html, encoding="utf-8")
    partial.replace(path)
