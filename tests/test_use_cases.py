"""A use case of the registry has its three folders, its params file and its tests; and no folder lacks its entry."""

from pathlib import Path

import pytest

from app.registry import use_cases as served
from pipelines.registry import find
from script_shared.settings import Settings
from script_shared.use_cases import REGISTRY

ROOT = Path(__file__).parents[1]
NOT_SERVED: set[str] = set()  # use cases whose app folder is still to come
NAMES = [entry.name for entry in REGISTRY]
PLATFORM = {  # folders that are no use case
    "app": {"events", "http", "metrics", "releases", "routes", "web"},
    "pipelines": {
        *("airflow", "commands", "dags", "drift", "measures", "raw_files", "replay", "sample_world", "supervisor"),
        *("templates", "tracking", "traffic"),
    },
    "script_shared": {"algorithms", "data", "evaluation", "events", "models", "params", "releases", "storage"},
}


def gaps(root: Path) -> list[str]:
    """What is missing: a folder or params file without its entry, or an entry without them."""
    found = []
    for place, platform in PLATFORM.items():
        expected = set(NAMES) - (NOT_SERVED if place == "app" else set())
        folders = {path.name for path in (root / place).iterdir() if path.is_dir() and path.name[0] not in "._"}
        found += [f"{place}/{name}" for name in (folders - platform) ^ expected]
    files = {file.stem for file in (root / "script_shared" / "params").glob("*.toml")}
    return found + [f"params/{name}.toml" for name in files ^ set(NAMES)]


def test_folders_params_files_and_entries_agree() -> None:
    assert gaps(ROOT) == []
    assert {entry.name for entry in REGISTRY if entry.app is None} == NOT_SERVED


@pytest.mark.parametrize("lost", ["app/news", "pipelines/news", "script_shared/news", "script_shared/params/news.toml"])
def test_a_place_that_is_missing_is_named(tmp_path: Path, lost: str) -> None:
    for place in PLATFORM:
        for folder in (path for path in (ROOT / place).iterdir() if path.is_dir()):
            (tmp_path / place / folder.name).mkdir(parents=True)
    for file in (ROOT / "script_shared" / "params").glob("*.toml"):
        (tmp_path / "script_shared" / "params" / file.name).touch()
    assert gaps(tmp_path) == []
    (tmp_path / lost).rename(tmp_path / "lost")
    assert gaps(tmp_path) == [lost.removeprefix("script_shared/") if lost.endswith("toml") else lost]
    (tmp_path / "pipelines" / "no_entry").mkdir()
    assert "pipelines/no_entry" in gaps(tmp_path)


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
