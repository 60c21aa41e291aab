"""The newest evaluation figures as gauges, rewritten only when the table has changed."""

import logging
import math
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.metrics.evaluation_file import EvaluationFile, Row
from script_shared.errors import UnavailableError

log = logging.getLogger("pauta.metrics")
LABELS = ("model", "segment", "metric", "cutoff", "protocol")
GAUGES = {
    "pauta_evaluation": ("value", "Newest figure by model, segment, metric, cutoff and protocol."),
    "pauta_evaluation_low": ("low", "Lower end of its 95 % interval."),
    "pauta_evaluation_high": ("high", "Upper end of its 95 % interval."),
}


class EvaluationMetrics(Collector):
    """Figures of ``evaluation_metrics.csv``: of each model those of its newest evaluation.

    Args:
        table: where the rows come from; None for no rows.
    """

    def __init__(self, table: EvaluationFile | None) -> None:
        self._table = table
        self._rows: list[Row] | None = None
        self._text = b""
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """In Prometheus' text format; what was read last when the table cannot be read."""
        try:
            rows = self._table.rows() if self._table is not None else []
        except UnavailableError as error:
            log.warning("evaluation figures could not be read again: %s", error.log_text)
            return self._text
        if rows is not self._rows:
            self._rows = rows
            self._text = generate_latest(self._registry)
        return self._text

    def collect(self) -> Iterator[Metric]:
        """The four gauges."""
        rows = newest(self._rows or [])
        for name, (column, text) in GAUGES.items():
            family = GaugeMetricFamily(name, text, labels=LABELS)
            for row in rows:
                if row[column] is not None:
                    family.add_metric([str(row[label]) for label in LABELS], row[column])
            yield family
        when = GaugeMetricFamily(
            "pauta_evaluation_timestamp_seconds", "When a model was evaluated last.", labels=["model"]
        )
        for model, evaluated_at in {row["model"]: row["evaluated_at"] for row in rows}.items():
            when.add_metric([model], _epoch_seconds(evaluated_at))
        yield when


def newest(rows: list[Row]) -> list[Row]:
    """The rows of each model's newest evaluation; where a figure occurs twice, the later row.

    >>> row = {"model": "candidate", "segment": "all", "metric": "ndcg", "cutoff": 10, "protocol": "batch"}
    >>> old, new = row | {"run_id": "a", "evaluated_at": "1"}, row | {"run_id": "b", "evaluated_at": "2"}
    >>> [found["run_id"] for found in newest([new, old])]
    ['b']
    """
    last: dict[str, tuple[str, str]] = {}
    for row in rows:
        last[row["model"]] = max(last.get(row["model"], ("", "")), (row["evaluated_at"], row["run_id"]))
    found = (row for row in rows if (row["evaluated_at"], row["run_id"]) == last[row["model"]])
    return list({tuple(row[label] for label in LABELS): row for row in found}.values())


def _epoch_seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return math.nan
