"""How far the newest data of each use case differ from those before, as gauges; read again when a file changed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from app.metrics.reports.json_figures import JsonFigures

FILE = "drift.json"
LEVELS = ("notable", "large")
BY_COLUMN = {
    "pauta_drift_index": ("index", "Population stability index of a column of the newest data."),
    "pauta_drift_distance": ("gap", "Kolmogorov-Smirnov distance of a column of numbers."),
    "pauta_drift_missing_ratio": ("missing", "Share of the newest rows in which the column is missing."),
}


class DriftMetrics(JsonFigures):
    """Figures of ``<use case>/drift.json`` below the folder of evaluations.

    Args:
        folder: None for no figures.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, FILE, _check_content)

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        for name, (key, text) in BY_COLUMN.items():
            family = GaugeMetricFamily(name, text, labels=["use_case", "reference", "column"])
            for labels, comparison in self._comparisons():
                for column in comparison["columns"]:
                    if column[key] is not None:
                        family.add_metric([*labels, column["column"]], column[key])
            yield family
        yield self._counts()
        new = GaugeMetricFamily(
            "pauta_drift_new_columns", "Columns that only the newest data have.", labels=["use_case"]
        )
        when = GaugeMetricFamily(
            "pauta_drift_timestamp_seconds", "When the newest data were compared.", labels=["use_case"]
        )
        for use_case, figures in self.by_use_case.items():
            columns = {name for each in figures["comparisons"].values() for name in each["new_columns"]}
            new.add_metric([use_case], len(columns))
            when.add_metric([use_case], datetime.fromisoformat(figures["measured_at"]).timestamp())
        yield new
        yield when

    def _comparisons(self) -> Iterator[tuple[list[str], dict[str, Any]]]:
        """Labels (use case, reference) and comparison."""
        for use_case, figures in self.by_use_case.items():
            for reference, comparison in figures["comparisons"].items():
                yield [use_case, reference], comparison

    def _counts(self) -> Metric:
        family = GaugeMetricFamily(
            "pauta_drift_columns",
            "Columns whose drift is notable or large, by whether the model uses them.",
            labels=["use_case", "reference", "level", "used"],
        )
        for labels, comparison in self._comparisons():
            for level in LEVELS:
                for used in (True, False):
                    of_level = [c for c in comparison["columns"] if (c["level"], c["used"]) == (level, used)]
                    family.add_metric([*labels, level, "yes" if used else "no"], len(of_level))
        return family


def _check_content(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a file, which must have everything that the gauges show.

    Raises:
        ValueError, KeyError, TypeError: it is something else.
    """
    datetime.fromisoformat(content["measured_at"])
    for comparison in content["comparisons"].values():
        list(comparison["new_columns"])
        for column in comparison["columns"]:
            {key: column[key] for key in ("column", "level", "used")}
            {key: float(column[key] or 0) for key, _ in BY_COLUMN.values()}
    return content
