"""The newest evaluation figures of each use case as gauges; reads a table again after it has changed."""

import logging
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.metrics.evaluation_file import FILE, EvaluationFile, Row
from app.metrics.evaluation_metrics import newest
from script_shared.errors import UnavailableError

log = logging.getLogger("pauta.metrics")
LABELS = ("model", "segment", "metric")
GAUGES = {
    "pauta_use_case_evaluation": ("value", "Newest figure of a use case by model, segment and metric."),
    "pauta_use_case_evaluation_low": ("low", "Lower end of its 95 % interval."),
    "pauta_use_case_evaluation_high": ("high", "Upper end of its 95 % interval."),
}


class UseCaseFigures(Collector):
    """Figures of ``<use case>/evaluation_metrics.csv`` below the folder of evaluations.

    Args:
        folder: None for no figures.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files: dict[str, EvaluationFile] = {}
        self._rows: dict[str, list[Row]] = {}
        self._text = b""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """In Prometheus' text format; a table that cannot be read keeps its last figures."""
        changed = not self._text
        for path in sorted(self._folder.glob(f"*/{FILE}")) if self._folder is not None else ():
            name = path.parent.name
            try:
                rows = self._files.setdefault(name, EvaluationFile(path.parent)).rows()
            except UnavailableError as error:
                log.warning("evaluation figures of %s could not be read again: %s", name, error.log_text)
                continue
            changed |= rows is not self._rows.get(name)
            self._rows[name] = rows
        if changed:
            self._text = generate_latest(self._registry)
        return self._text

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        for name, (column, text) in GAUGES.items():
            family = GaugeMetricFamily(name, text, labels=["use_case", *LABELS])
            for use_case, rows in self._rows.items():
                found = {tuple(str(row[label]) for label in LABELS): row[column] for row in newest(rows)}
                for labels, value in found.items():
                    if value is not None:
                        family.add_metric([use_case, *labels], value)
            yield family
