"""The indices of a student over the years as a chart: where its lines, points and names are."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 180, 28, 60, 10, 24  # RIGHT is where the names are
MOST = 10.0  # of an index
Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One index.

    Attributes:
        points: of the years that have a value.
        end: height of its name.
    """

    name: str
    points: Sequence[Point]
    end: float

    @property
    def path(self) -> str:
        """The points as SVG has them."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


@dataclass(frozen=True)
class Chart:
    """Lines of indices from 0 to 10 over the years.

    Attributes:
        years: place and text of each year on the axis.
        levels: height and text of each horizontal line.
    """

    years: Sequence[tuple[float, str]]
    levels: Sequence[tuple[float, str]]
    lines: Sequence[Line]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def chart(years: Sequence[int], series: Sequence[tuple[str, Sequence[float | None]]]) -> Chart:
    """Indices over the years, each with its name at the end; values that are missing leave a gap."""
    step = (WIDTH - RIGHT - LEFT - 20) / max(len(years) - 1, 1)
    spots = [LEFT + step * place for place in range(len(years))]
    ends = _apart([(values[-1] or 0.0) for _, values in series])
    lines = [
        Line(name, [(x, _y(value)) for x, value in zip(spots, values, strict=True) if value is not None], end)
        for (name, values), end in zip(series, ends, strict=True)
    ]
    levels = [(_y(level), f"{level:.0f}") for level in (0.0, 5.0, 10.0)]
    return Chart([(x, str(year)) for x, year in zip(spots, years, strict=True)], levels, lines)


def _y(value: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / MOST)


def _apart(values: Sequence[float]) -> list[float]:
    """Heights for the names at the ends of lines, moved so far that none covers another."""
    order = sorted(range(len(values)), key=lambda place: _y(values[place]))
    found, last = [0.0] * len(values), -16.0
    for place in order:
        found[place] = last = max(_y(values[place]), last + 16)
    return found
