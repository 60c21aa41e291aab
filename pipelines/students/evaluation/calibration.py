"""Calibration of the chances: the mean chance beside the actual share, for tenths of the students by chance."""

from typing import Any

import numpy as np

from pipelines.report import Section
from script_shared.arrays import Bools, FloatArray
from script_shared.plots import Plot, Series

POINTS = 10
OUTPUTS = {"calibration": "lagging", "calibration_critical": "critical"}  # by name in the document
CAPTION = (
    "Each point is a tenth of the students, ordered by chance; most chances are small. Points on the second line are "
    "perfectly calibrated."
)


def calibration_points(came: Bools, chance: FloatArray) -> list[dict[str, float]]:
    """Mean chance, share of students with the outcome, and number of students, for each tenth by chance.

    Students with the same chance stay together, so there may be fewer points.

    Args:
        came: bool (n), who has the outcome.
        chance: float (n), 0 to 1.
    """
    values, place, counts = np.unique(chance, return_inverse=True, return_counts=True)
    middles = np.cumsum(counts) - (counts + 1) / 2
    tenth = (middles * POINTS / max(len(chance), 1)).astype(int)[place] if len(values) else np.zeros(0, int)
    return [
        {"chance": float(chance[here].mean()), "came": float(came[here].mean()), "students": int(here.sum())}
        for here in (tenth == number for number in np.unique(tenth))
    ]


def calibration_section(content: dict[str, Any], errors: dict[str, float]) -> Section:
    """The plots of both chances.

    Args:
        content: the document of the evaluation.
        errors: calibration error of the candidate for lagging and critical.
    """
    figures = ", ".join(f"{errors[name]:.3f} of {name}" for name in OUTPUTS.values())
    text = (
        f"Calibration error: {figures}. It is the mean distance between chance and actual share, in ten bins of equal "
        "width."
    )
    return Section("Are the chances calibrated?", text, [_plot(content[key], name) for key, name in OUTPUTS.items()])


def _plot(points: list[dict[str, float]], name: str) -> Plot:
    chances = [each["chance"] for each in points]
    came = "lagged" if name == "lagging" else "became critical"
    series = [Series(f"share that {came}", [each["came"] for each in points]), Series("perfect calibration", chances)]
    names = [f"{chance:.3g}" for chance in chances]
    title = f"Share that {came} by chance"
    return Plot("lines", title, f"chance of {name}", names, series, CAPTION, numeric=True)
