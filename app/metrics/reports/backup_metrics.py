"""The newest backup and its trial restore, as gauges; read again when the file has changed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from app.metrics.reports.json_figures import Figures, JsonFigures

FOLDER, FILE = "backup", "backup.json"
GAUGES = {
    "pauta_backup_timestamp_seconds": "When the newest backup was made (epoch seconds).",
    "pauta_backup_bytes": "Size of the newest backup.",
    "pauta_backup_trial_failed": "1 when its trial restore found a problem, else 0.",
    "pauta_backup_trial_seconds": "How long that trial took.",
    "pauta_backup_restorable_timestamp_seconds": "When the newest restorable backup was made; 0 for none.",
    "pauta_backup_max_age_seconds": "The age of the newest restorable backup above which an alert fires.",
    "pauta_backup_kept": "Backups that are kept.",
}


class BackupMetrics(JsonFigures):
    """Figures of ``backup/backup.json`` below the folder of evaluations.

    Args:
        folder: None for no figures.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, FILE, _check_content)

    def collect(self) -> Iterator[Metric]:
        """The gauges; without a value where there is no backup, or no trial of it yet."""
        values = _values(found) if (found := self.by_use_case.get(FOLDER)) else {}
        for name, text in GAUGES.items():
            family = GaugeMetricFamily(name, text)
            if (value := values.get(name)) is not None:
                family.add_metric([], value)
            yield family


def _values(content: Figures) -> dict[str, float | None]:
    """The gauges' values by name."""
    problem = content["problem"]
    values = (
        _seconds(content["made_at"]),
        float(content["bytes"]),
        None if problem is None else float(problem != ""),
        None if content["trial_seconds"] is None else float(content["trial_seconds"]),
        _seconds(content["restorable_at"]) or 0.0,
        3600.0 * float(content["max_age_hours"]),
        float(content["kept"]),
    )
    return dict(zip(GAUGES, values, strict=True))


def _seconds(moment: str | None) -> float | None:
    return None if moment is None else datetime.fromisoformat(moment).timestamp()


def _check_content(content: Figures) -> Figures:
    """The content of the file, which must have everything that the gauges show.

    Raises:
        ValueError, KeyError, TypeError: a value is missing or has another type.
    """
    _values(content)
    return content
