"""The application as a whole: its routes, its description, and the command that starts it."""

import tomllib
from pathlib import Path

import httpx
import pytest

from app import __version__
from app.__main__ import read_flags
from app.main import create_app
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from tests.app.conftest import Store, listens, started, until
from tests.patience import PATIENCE_SECONDS

ROUTES = {
    ("get", "/recommendations"),
    ("post", "/recommendations"),
    ("post", "/predict"),
    ("post", "/events"),
    ("post", "/articles"),
    ("get", "/users/{user_id}"),
    ("delete", "/users/{user_id}"),
    ("get", "/health"),
    ("get", "/live"),
    ("get", "/ready"),
    ("get", "/info"),
    ("get", "/model"),
    ("post", "/model/reload"),
    ("post", "/train"),
    ("get", "/evaluation/metrics"),
    ("get", "/evaluation/drift"),
    ("get", "/releases"),
    ("get", "/metrics"),
}


def test_every_route_is_described(shared: httpx.Client) -> None:
    paths = shared.get("/openapi.json").json()["paths"]
    assert {(method, path) for path, methods in paths.items() for method in methods} >= ROUTES
    for methods in paths.values():
        for route in methods.values():
            assert route["summary"]
            assert route["description"]


def test_no_two_shapes_share_a_name_which_generators_of_clients_refuse(shared: httpx.Client) -> None:
    schemas = shared.get("/openapi.json").json()["components"]["schemas"]
    assert [name for name in schemas if "__" in name] == []


def test_admin_routes_are_marked_as_guarded(shared: httpx.Client) -> None:
    paths = shared.get("/openapi.json").json()["paths"]
    guarded = {path for path, methods in paths.items() for route in methods.values() if route.get("security")}
    assert guarded >= {"/model/reload", "/train", "/articles", "/users/{user_id}", "/sessions/{session}", "/live"}


def test_the_page_of_the_api_opens(shared: httpx.Client) -> None:
    assert "swagger" in shared.get("/docs").text.lower()


def test_making_an_application_reads_and_makes_nothing(tmp_path: Path) -> None:
    create_app(
        Settings(
            data_dir=tmp_path / "data",
            models_uri=str(tmp_path / "models"),
            cache_dir=tmp_path / "cache",
            evaluation_dir=tmp_path / "e",
        )
    )
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert __version__ == project["project"]["version"]


def test_flags_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_PORT", "9000")
    monkeypatch.setenv("PAUTA_WORKERS", "3")
    server = read_flags(["--port", "9001"])
    assert (server.host, server.port, server.workers) == ("127.0.0.1", 9001, 3)
    assert read_flags([]).port == 9000


@pytest.mark.parametrize("flags", [["--port", "http"], ["--port", "70000"], ["--workers", "0"]])
def test_a_flag_that_cannot_be_used_is_named(flags: list[str]) -> None:
    with pytest.raises(SettingsError, match=flags[0].strip("-")):
        read_flags(flags)


def metrics(address: str) -> str:
    return httpx.get(f"{address}/metrics", timeout=PATIENCE_SECONDS).text


@pytest.mark.slow
def test_two_workers_answer_and_their_counts_are_added_up(store: Store) -> None:
    store.promote("v1")
    with started(store.settings, workers=2) as (address, process):
        until(lambda: listens(address))
        seen: set[int] = set()
        asked = 0

        def both_ready() -> bool:
            nonlocal asked
            # A connection of its own each time, so that both workers are met.
            info = httpx.get(f"{address}/info", timeout=PATIENCE_SECONDS).json()
            asked += 1
            if info["release"] == "v1":
                seen.add(info["process"])
            return len(seen) == 2

        until(both_ready)
        counted = f'pauta_http_requests_total{{method="GET",route="/info",status="200"}} {asked}.0'
        until(lambda: counted in metrics(address))  # a worker that is busy reports a moment later
        text = metrics(address)
    assert "pauta_ready 1.0" in text
    assert "pauta_release_swaps_total 2.0" in text
    assert process.returncode == 0


def test_a_store_of_no_known_kind_ends_the_start_with_one_sentence(
    store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = store.settings.model_copy(update={"models_uri": "ftp://somewhere"})
    with started(settings) as (_, process):
        assert process.wait(PATIENCE_SECONDS) == 1
    assert capfd.readouterr().err.count("\n") == 1
