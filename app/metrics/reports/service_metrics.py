"""Whether the release in service of each use case still earns its place, as gauges."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from app.metrics.reports.json_figures import Figures, JsonFigures

FILE = "service.json"
LABELS = ["use_case", "kind", "group"]
GAUGES = {
    "pauta_service_figure": ("own", "Newest figure of the release in service by segment or source."),
    "pauta_service_rival": ("rival_value", "The same of the best row of the most read."),
    "pauta_service_lead": ("lead", "Lead of the release in service over the best row of the most read."),
    "pauta_service_lead_low": ("low", "Lower end of its 95 % interval."),
    "pauta_service_lead_high": ("high", "Upper end of its 95 % interval."),
}


class ServiceMetrics(JsonFigures):
    """Figures of ``<use case>/service.json`` below the folder of evaluations.

    Args:
        folder: None for no figures.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, FILE, _check_content)

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        for name, (key, text) in GAUGES.items():
            family = GaugeMetricFamily(name, text, labels=LABELS)
            for use_case, content in self.by_use_case.items():
                for row in content["standings"]:
                    if row[key] is not None:
                        family.add_metric([use_case, row["kind"], row["group"]], row[key])
            yield family
        about = "When the release in service was evaluated last (epoch seconds)."
        when = GaugeMetricFamily("pauta_service_timestamp_seconds", about, labels=["use_case"])
        for use_case, content in self.by_use_case.items():
            when.add_metric([use_case], datetime.fromisoformat(content["evaluated_at"]).timestamp())
        yield when


def _check_content(content: Figures) -> Figures:
    """The content of a file, which must have everything that the gauges and the route show.

    Raises:
        ValueError, KeyError, TypeError: it is something else.
    """
    datetime.fromisoformat(content["evaluated_at"])
    {name: str(content[name]) for name in ("release", "sentence", "verdict")}
    list(content["history"])
    for row in content["standings"]:
        {name: str(row[name]) for name in ("kind", "group")}
        {key: float(row[key] or 0) for key, _ in GAUGES.values()}
    return content
