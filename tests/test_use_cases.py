"""A use case of the registry has its three folders, its params file and its tests; and no folder lacks its entry."""

from pathlib import Path

import pytest

from pipelines.registry import find
from script_shared.settings import Settings
from script_shared.use_cases import REGISTRY

ROOT = Path(__file__).parents[1]
NAMES = [entry.name for entry in REGISTRY]
PLATFORM = {  # folders that are no use case
    "app": {"routes", "web"},
    "pipelines": {"airflow", "dags", "replay", "supervisor", "templates", "tracking", "traffic"},
    "script_shared": {"algorithms", "data", "evaluation", "events", "models", "params", "releases", "storage"},
}


def folders(place: str) -> set[str]:
    found = {path.name for path in (ROOT / place).iterdir() if path.is_dir() and not path.name.startswith(("_", "."))}
    return found - PLATFORM[place]


@pytest.mark.parametrize("place", ["pipelines", "script_shared"])
def test_folders_and_entries_agree(place: str) -> None:
    assert folders(place) == set(NAMES)


def test_params_files_and_entries_agree() -> None:
    assert {file.stem for file in (ROOT / "script_shared" / "params").glob("*.toml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_that_an_entry_names_exists(name: str) -> None:
    settings = Settings()
    case = find(settings, name)
    assert case.params_in(settings)
    assert case.params_file == ROOT / "script_shared" / "params" / f"{name}.toml"
    assert all(callable(step.action) for step in case.steps)
    for part in ("evaluation", "maintenance", "erasure", "trained_runs", "training_record", "check"):
        assert getattr(case, part) is None or callable(case.function(part))
