"""The files of the environments set settings and nothing else, and every part of the stack knows which one it is."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from script_shared.settings import Settings
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docker" / "environments"
FILES = sorted(FOLDER.glob("*.env"))


def values(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_there_is_a_file_for_each_environment():
    assert {file.stem for file in FILES} == set(Settings.model_fields["env"].annotation.__args__)  # type: ignore[union-attr]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_sets_its_own_name_and_settings_that_containers_take_from_it(file: Path, monkeypatch):
    for name, value in values(file).items():
        monkeypatch.setenv(name, value)
    assert Settings().env == file.stem
    of_compose = set(re.findall(r"^ +(PAUTA_\w+):", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"), re.M))
    assert not (values(file).keys() - {"PAUTA_ENV"}) & of_compose  # those would win over the file
    fields = {f"PAUTA_{name.upper()}" for name in Settings.model_fields}
    assert values(file).keys() <= fields


def test_every_target_of_prometheus_gets_the_label_of_the_environment(tmp_path: Path):
    environment = {
        "PATH": os.environ["PATH"],
        "PAUTA_ENV": "staging",
        "CONFIG_FOLDER": str(tmp_path),
        "PROMETHEUS": "echo",
    }
    start = ROOT / "docker" / "prometheus" / "start.sh"
    done = subprocess.run([start, "--flag"], env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.stdout.split() == [f"--config.file={tmp_path}/prometheus.yml", "--flag"]
    config = yaml.safe_load((tmp_path / "prometheus.yml").read_text())
    label = {"target_label": "environment", "replacement": "staging"}
    assert all(job["relabel_configs"] == [label] for job in config["scrape_configs"])
    assert all(Path(file).is_file() for file in config["rule_files"])
