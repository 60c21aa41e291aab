"""What the live guard found in its newest look at each use case, as gauges; read again when a file changed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from app.metrics.reports.json_figures import JsonFigures

FILE = "guard.json"
PLAIN = {  # gauge: figure and text
    "pauta_guard_hit_rate": ("hit_rate", "Share of the judged clicks whose article the served list had."),
    "pauta_guard_popularity_rate": ("popularity", "The same for popularity of the last hour, in as many places."),
    "pauta_guard_clicks": ("clicks", "Judged clicks of the release in service."),
    "pauta_guard_answers": ("answers", "Lists that it served."),
}
BY_COMPARISON = {
    "pauta_guard_lead": ("value", "Hit rate of the release minus that of what it is compared with."),
    "pauta_guard_lead_high": ("high", "Upper end of its confidence sequence."),
    "pauta_guard_tolerance": ("tolerance", "How far the lead may be below 0."),
}
TIMES = {
    "pauta_guard_timestamp_seconds": ("looked_at", "When the guard looked last."),
    "pauta_guard_last_rollback_timestamp_seconds": ("last_rollback", "When it rolled back last."),
}


class GuardMetrics(JsonFigures):
    """Figures of ``<use case>/guard.json`` below the folder of evaluations.

    Args:
        folder: None for no figures.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, FILE, _check_content)

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        for name, (key, text) in PLAIN.items():
            yield self._family(name, text, {use_case: look[key] for use_case, look in self.by_use_case.items()})
        for name, (key, text) in BY_COMPARISON.items():
            family = GaugeMetricFamily(name, text, labels=["use_case", "comparison"])
            for use_case, look in self.by_use_case.items():
                for comparison, figures in look["comparisons"].items():
                    if figures[key] is not None:
                        family.add_metric([use_case, comparison], figures[key])
            yield family
        held = {use_case: float(look["status"] == "held") for use_case, look in self.by_use_case.items()}
        yield self._family("pauta_guard_held", "1 while a worse release stays in service, else 0.", held)
        for name, (key, text) in TIMES.items():
            times = {use_case: _seconds(look[key]) for use_case, look in self.by_use_case.items()}
            yield self._family(name, text, times)

    def _family(self, name: str, text: str, values: dict[str, Any]) -> Metric:
        family = GaugeMetricFamily(name, text, labels=["use_case"])
        for use_case, value in values.items():
            if value is not None:
                family.add_metric([use_case], value)
        return family


def _seconds(moment: str | None) -> float | None:
    return None if moment is None else datetime.fromisoformat(moment).timestamp()


def _check_content(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a file, which must have everything that the gauges show.

    Raises:
        ValueError, KeyError, TypeError: it is something else.
    """
    {key: float(content[key] or 0) for key, _ in PLAIN.values()}
    {key: _seconds(content[key]) for key, _ in TIMES.values()}
    for figures in content["comparisons"].values():
        {key: float(figures[key] or 0) for key, _ in BY_COMPARISON.values()}
    str(content["status"])
    return content
