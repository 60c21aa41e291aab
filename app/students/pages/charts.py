"""Small charts as SVG: a bar of a chance, and the indices over the years."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from app.students.pages.html import tag

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 180, 28, 60, 10, 24  # RIGHT is where the names are
MOST = 10.0  # of an index


def bar(chance: float, text: str, kind: str, low: float | None = None, high: float | None = None) -> Element:
    """A chance as a bar with its number; ``low`` and ``high`` are the ends of the interval, drawn as a line."""
    line = (
        tag("line", x1=100 * low, x2=100 * high, y1=5, y2=5, class_="interval")
        if low is not None and high is not None
        else None
    )
    drawing = tag(
        "svg",
        tag("rect", width=100, height=10, class_="track"),
        tag("rect", width=round(100 * chance, 1), height=10, class_=f"fill {kind}"),
        line,
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return tag("span", drawing, tag("b", text), class_="bar")


def lines(years: Sequence[int], series: Sequence[tuple[str, Sequence[float | None]]], title: str) -> Element:
    """Indices from 0 to 10 over the years, each with its name at the end; values that are missing leave a gap."""
    spots = {
        year: LEFT + (WIDTH - RIGHT - LEFT - 20) * place / max(len(years) - 1, 1) for place, year in enumerate(years)
    }
    parts = [
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=_y(level), y2=_y(level), class_="grid") for level in (0.0, 5.0, 10.0)
    ]
    parts += [tag("text", f"{level:.0f}", x=LEFT - 6, y=_y(level) + 4, text_anchor="end") for level in (0.0, 5.0, 10.0)]
    parts += [tag("text", str(year), x=x, y=HEIGHT - 6, text_anchor="middle") for year, x in spots.items()]
    ends = _apart([(values[-1] or 0.0) for _, values in series])
    for number, ((name, values), end) in enumerate(zip(series, ends, strict=True), 1):
        points = [(spots[year], _y(value)) for year, value in zip(years, values, strict=True) if value is not None]
        parts.append(
            tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), class_=f"series s{number}")
        )
        parts += [tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=3, class_=f"dot s{number}") for x, y in points]
        parts.append(tag("text", name, x=WIDTH - RIGHT + 10, y=f"{end + 4:.1f}", class_=f"name s{number}"))
    return tag("svg", tag("title", title), parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="chart")


def _y(value: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / MOST)


def _apart(values: Sequence[float]) -> list[float]:
    """Heights for the names at the ends of lines, moved so far that none covers another."""
    order = sorted(range(len(values)), key=lambda place: _y(values[place]))
    found, last = [0.0] * len(values), -16.0
    for place in order:
        found[place] = last = max(_y(values[place]), last + 16)
    return found
