"""A use case of the registry has its three folders, its params file and its tests; and no folder lacks its entry."""

from pathlib import Path

import pytest

from app.registry import use_cases as served
from pipelines.registry import find
from script_shared.settings import Settings
from script_shared.use_cases import REGISTRY

ROOT = Path(__file__).parents[1]
NOT_SERVED = {"students"}  # use cases whose app folder is still to come
NAMES = [entry.name for entry in REGISTRY]
PLATFORM = {  # folders that are no use case
    "app": {"events", "http", "metrics", "releases", "routes", "web"},
    "pipelines": {
        *("airflow", "commands", "dags", "measures", "replay", "sample_world", "supervisor", "templates", "tracking"),
        "traffic",
    },
    "script_shared": {"algorithms", "data", "evaluation", "events", "models", "params", "releases", "storage"},
}


def folders(place: str) -> set[str]:
    found = {path.name for path in (ROOT / place).iterdir() if path.is_dir() and not path.name.startswith(("_", "."))}
    return found - PLATFORM[place]


@pytest.mark.parametrize("place", ["app", "pipelines", "script_shared"])
def test_folders_and_entries_agree(place: str) -> None:
    assert folders(place) == set(NAMES) - (NOT_SERVED if place == "app" else set())


def test_every_entry_is_served() -> None:
    assert {entry.name for entry in REGISTRY if entry.app is None} == NOT_SERVED


def test_params_files_and_entries_agree() -> None:
    assert {file.stem for file in (ROOT / "script_shared" / "params").glob("*.toml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_that_an_entry_names_exists(name: str) -> None:
    settings = Settings()
    case = find(settings, name)
    assert case.params_in(settings)
    assert case.params_file == ROOT / "script_shared" / "params" / f"{name}.toml"
    assert all(callable(step.action) for step in case.steps)
    if name not in NOT_SERVED:
        assert served(settings)[name].routers
    for part in ("evaluation", "maintenance", "erasure", "trained_runs", "training_record", "check"):
        assert getattr(case, part) is None or callable(case.function(part))
