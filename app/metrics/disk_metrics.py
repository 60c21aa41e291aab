"""Free disk space of the folders that this service uses."""

import shutil
from collections.abc import Callable
from math import nan
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from script_shared.settings import Settings


class DiskMetrics:
    """The gauge ``pauta_disk_free_ratio``; ``app.metrics.telemetry`` has the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        text = "Free share of the disk that holds a folder (0 to 1)."
        self._free = Gauge("pauta_disk_free_ratio", text, ["folder"], registry=registry)

    def watch(self, settings: Settings) -> None:
        """Measure the folders of these settings at each scrape; an object store has no disk to watch."""
        for name, folder in _folders(settings).items():
            self._free.labels(name).set_function(_free_ratio(folder))


def _folders(settings: Settings) -> dict[str, Path]:
    folders = {"data": settings.data_dir, "cache": settings.cache_dir}
    return folders if "://" in settings.models_uri else folders | {"models": Path(settings.models_uri)}


def _free_ratio(folder: Path) -> Callable[[], float]:
    def measure() -> float:
        try:
            usage = shutil.disk_usage(_existing(folder))
        except OSError:
            return nan
        return usage.free / usage.total if usage.total else nan

    return measure


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: it may be created later, on that disk."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
