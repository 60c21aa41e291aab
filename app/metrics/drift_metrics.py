"""How far the newest data of each use case differ from those before, as gauges; read again when a file changed."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

log = logging.getLogger("pauta.metrics")
FILE = "drift.json"
LEVELS = ("notable", "large")
BY_COLUMN = {
    "pauta_drift_index": ("index", "Population stability index of a column of the newest data."),
    "pauta_drift_distance": ("gap", "Kolmogorov-Smirnov distance of a column of numbers."),
    "pauta_drift_missing_ratio": ("missing", "Share of the newest rows in which the column is missing."),
}


class DriftMetrics(Collector):
    """Figures of ``<use case>/drift.json`` below the folder of evaluations.

    Args:
        folder: None for no figures.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._figures: dict[str, dict[str, Any]] = {}
        self._text = b""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """In Prometheus' text format; a file that cannot be read keeps its last figures."""
        changed = self._read_changed()
        if changed or not self._text:
            self._text = generate_latest(self._registry)
        return self._text

    def _read_changed(self) -> bool:
        changed = False
        for path in sorted(self._folder.glob(f"*/{FILE}")) if self._folder is not None else ():
            try:
                stat = path.stat()
                stamp = (stat.st_mtime_ns, stat.st_size)
                if self._stamps.get(path) == stamp:
                    continue
                self._stamps[path] = stamp
                self._figures[path.parent.name] = _checked(json.loads(path.read_text(encoding="utf-8")))
                changed = True
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("%s could not be read (%s)", path, type(error).__name__)
        return changed

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        for name, (key, text) in BY_COLUMN.items():
            family = GaugeMetricFamily(name, text, labels=["use_case", "column"])
            for use_case, figures in self._figures.items():
                for column in figures["columns"]:
                    if column[key] is not None:
                        family.add_metric([use_case, column["column"]], column[key])
            yield family
        yield self._counts()
        new = GaugeMetricFamily(
            "pauta_drift_new_columns", "Columns that only the newest data have.", labels=["use_case"]
        )
        when = GaugeMetricFamily(
            "pauta_drift_timestamp_seconds", "When the newest data were compared.", labels=["use_case"]
        )
        for use_case, figures in self._figures.items():
            new.add_metric([use_case], len(figures["new_columns"]))
            when.add_metric([use_case], figures["measured_at"])
        yield new
        yield when

    def _counts(self) -> Metric:
        family = GaugeMetricFamily(
            "pauta_drift_columns",
            "Columns whose drift is notable or large, by whether the model uses them.",
            labels=["use_case", "level", "used"],
        )
        for use_case, figures in self._figures.items():
            for level in LEVELS:
                for used in (True, False):
                    of_level = [c for c in figures["columns"] if (c["level"], c["used"]) == (level, used)]
                    family.add_metric([use_case, level, "yes" if used else "no"], len(of_level))
        return family


def _checked(content: dict[str, Any]) -> dict[str, Any]:
    """The values of a file that the gauges show.

    Raises:
        ValueError, KeyError, TypeError: it is something else.
    """
    keys = ("column", "level", "used", *(key for key, _ in BY_COLUMN.values()))
    return {
        "columns": [{key: column[key] for key in keys} for column in content["columns"]],
        "new_columns": list(content["new_columns"]),
        "measured_at": datetime.fromisoformat(content["measured_at"]).timestamp(),
    }
