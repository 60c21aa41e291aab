"""A use case of the registry has its three folders, its params file and its tests; and no folder lacks its entry."""

import ast
import json
import re
from pathlib import Path
from pkgutil import resolve_name

import pytest
from fastapi.routing import APIRoute

from app.main import create_app
from app.registry import use_cases as served
from app.releases.release_guard import LOAD_TRIAL
from app.releases.release_trial import ReleaseTrial
from pipelines.registry import find
from script_shared.settings import Settings
from script_shared.use_cases import REGISTRY

ROOT = Path(__file__).parents[1]
NOT_SERVED: set[str] = set()  # use cases whose app folder is still to come
NAMES = [entry.name for entry in REGISTRY]
PLATFORM = {  # folders that are no use case
    "app": {
        "demo",
        "experiments",
        "http",
        "metrics",
        "operations",
        "releases",
        "routes",
        "security",
        "shell",
        "tracing",
    },
    "pipelines": {
        *("airflow", "backup", "commands", "dags", "demo", "drift", "experiments", "guard", "lake", "measures"),
        *(
            "monitoring",
            "processes",
            "raw_files",
            "replay",
            "sample_world",
            "spark",
            "supervisor",
            "templates",
            "tracing",
        ),
        *("tracking", "traffic"),
    },
    "script_shared": {
        *("algorithms", "audit", "compiled", "data", "decisions", "demo", "environments", "evaluation", "events"),
        *("experiments", "exploration", "models", "params", "people", "plots", "releases", "settings", "storage"),
        "tracing",
    },
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
    parts = (
        "evaluation",
        "maintenance",
        "erasure",
        "trained_runs",
        "training_record",
        "release_trial",
        "check",
        "greeting",
    )
    for part in parts:
        assert getattr(case, part) is None or callable(case.function(part))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_SERVED])
def test_every_served_use_case_has_routes_a_trial_and_a_place_on_the_front_page(name: str) -> None:
    settings = Settings()
    service = create_app(settings).state.service
    case, loader = service.cases[name], service.use_cases[name].loader
    assert case is served(settings)[name]
    assert case.routers
    assert case.about.endswith(".")
    paths = {route.path for router in case.routers for route in router.routes if isinstance(route, APIRoute)}
    assert not case.page or f"/{case.page}" in paths
    trial = resolve_name(loader.trial or LOAD_TRIAL)
    assert issubclass(trial, ReleaseTrial)
    given = loader.trial_input if loader.trial else {"use_cases": settings.use_cases, "use_case": name}
    assert isinstance(trial(json.loads(json.dumps(given))), ReleaseTrial)


def hosts_own() -> list[Path]:
    """The modules of the API that every use case shares; the story of the demo is about three of them by name."""
    folders = [path for path in (ROOT / "app").iterdir() if path.name in PLATFORM["app"] - {"demo"}]
    return [*(ROOT / "app").glob("*.py"), *(file for folder in folders for file in folder.rglob("*.py"))]


@pytest.mark.parametrize("name", NAMES)
def test_no_code_of_the_host_depends_on_the_name_of_a_use_case(name: str) -> None:
    found = []
    for file in hosts_own():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        found += [f"{file.name}: {text}" for text in texts if re.fullmatch(rf"/?{name}([_/.:].*)?", text)]
    assert found == []
