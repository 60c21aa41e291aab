"""The service shows how full its disks are."""

import shutil
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from app.metrics.disk_metrics import DiskMetrics
from script_shared.settings import Settings


def ratios(settings: Settings) -> dict[str, float | None]:
    registry = CollectorRegistry()
    DiskMetrics(registry).watch(settings)
    names = ("data", "cache", "models")
    return {name: registry.get_sample_value("pauta_disk_free_ratio", {"folder": name}) for name in names}


def test_each_folder_shows_the_free_share_of_its_disk_also_before_it_exists(tmp_path: Path):
    made = tmp_path / "models"
    made.mkdir()
    settings = Settings(data_dir=tmp_path / "not" / "yet", models_uri=str(made), cache_dir=tmp_path)
    usage = shutil.disk_usage(tmp_path)
    assert ratios(settings) == pytest.approx(dict.fromkeys(("data", "cache", "models"), usage.free / usage.total), 0.1)


def test_an_object_store_has_no_disk(tmp_path: Path):
    shown = ratios(Settings(data_dir=tmp_path, models_uri="s3://bucket/models", cache_dir=tmp_path))
    assert shown["models"] is None
    assert shown["data"] is not None
