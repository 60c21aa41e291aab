"""A real service over a real release store, asked over real HTTP."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from app.http.server.guarded_http import GuardedProtocol
from app.main import create_app
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.releases_made import make_release
from tests.patience import PATIENCE_SECONDS

TOKEN = "opens-admin-routes"
ROOT = Path(__file__).parents[2]
LOG = {"PAUTA_LOG_LEVEL": "warning"}  # of processes that a test starts
LONGEST_PAUSE = 0.1  # seconds between two checks: each check costs the service work, too


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Release folders by the word their titles begin with."""
    root = tmp_path_factory.mktemp("made")
    return {title: make_release(root / title, title) for title in ("Velha", "Nova")}


@pytest.fixture(scope="session", autouse=True)
def patient_logins() -> Iterator[None]:
    """A list waits for its login however slow the log is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.news.logins.MOST_SECONDS", PATIENCE_SECONDS)
        yield


@pytest.fixture(scope="session", autouse=True)
def checks_with_a_priority() -> Iterator[None]:
    """The check of a release does not wait for an idle processor, because none is idle while tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.releases.release_guard.IDLE_SECONDS", 0.0)
        yield


@dataclass
class Store:
    """A release store of a test: ``releases`` to publish and promote, ``settings`` of services that read it."""

    releases: Releases
    settings: Settings
    folders: dict[str, Path]

    def promote(self, version: str, title: str = "Velha") -> None:
        """Publish a release, where it is not yet there, and put it into service."""
        self.releases.publish(self.folders[title], version, {"note": "made for a test"}, run_id="run-1")
        self.releases.promote(version, "test")

    def damage(self, version: str, name: str) -> None:
        """Change a byte of a published file."""
        file = next(Path(self.releases.uri).rglob(f"releases/{version}/files-*/{name}"))
        content = bytearray(file.read_bytes())
        content[-1] ^= 0xFF
        file.chmod(0o644)
        file.write_bytes(content)


@pytest.fixture
def store(tmp_path: Path, folders: dict[str, Path]) -> Store:
    settings = Settings(
        data_dir=tmp_path / "data",
        models_uri=str(tmp_path / "models"),
        evaluation_dir=tmp_path / "evaluation",
        cache_dir=tmp_path / "cache",
        release_poll_seconds=0.05,
        admin_token=SecretStr(TOKEN),
        airflow_url=None,
    )
    return Store(Releases(f"{settings.models_uri}/news"), settings, folders)


@contextlib.contextmanager
def serving(settings: Settings, make: Callable[[Settings], FastAPI] | None = None) -> Iterator[httpx.Client]:
    """A service in a thread on a port of its own, and a client of it; ``make`` makes its application."""
    shell = {"loop": "asyncio", "http": GuardedProtocol, "log_config": None, "access_log": False}  # as `python -m app`
    config = uvicorn.Config((make or create_app)(settings), port=0, **shell)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def until(true: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``true`` says so.

    Raises:
        TimeoutError: it does not within ``seconds``.
    """
    deadline, pause = time.monotonic() + seconds, 0.005
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come true in time")
        time.sleep(pause)
        pause = min(1.5 * pause, LONGEST_PAUSE)


def release_of(client: httpx.Client) -> str | None:
    """The release that answers, None while there is none."""
    answer = client.get("/ready").json()
    return answer.get("release")


@pytest.fixture
def client(store: Store) -> Iterator[httpx.Client]:
    """A service with a release in it."""
    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        yield client


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Iterator[httpx.Client]:
    """A service with a release in it, one for all tests of a module; they only ask."""
    with of_a_module(tmp_path_factory.mktemp("shared"), folders) as client:
        yield client


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Iterator[httpx.Client]:
    """The same with its admin routes open; tests may write what no other test of the module meets."""
    with of_a_module(tmp_path_factory.mktemp("common"), folders, admin_token=SecretStr(TOKEN)) as client:
        yield client


@contextlib.contextmanager
def of_a_module(root: Path, folders: dict[str, Path], **more: Any) -> Iterator[httpx.Client]:
    """A service with a release in it; ``more`` are settings."""
    settings = Settings(
        data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root, release_poll_seconds=0.05, **more
    )
    releases = Releases(f"{settings.models_uri}/news")
    releases.publish(folders["Velha"], "v1", run_id="run-1")
    releases.promote("v1", "test")
    with serving(settings) as client:
        until(lambda: release_of(client) == "v1")
        yield client


@pytest.fixture
def admin() -> dict[str, str]:
    """Headers that open the admin routes of ``store``."""
    return {"Authorization": f"Bearer {TOKEN}"}


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def started(settings: Settings, workers: int = 1, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``python -m app`` as a process of its own: its address and the process."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PAUTA_")}
    environment |= {
        "PAUTA_DATA_DIR": str(settings.data_dir),
        "PAUTA_EVENTS_URI": settings.events_address,
        "PAUTA_EVENTS_POLL_SECONDS": str(settings.events_poll_seconds),
        "PAUTA_ADMIN_TOKEN": TOKEN,
        "PAUTA_MODELS_URI": settings.models_uri,
        "PAUTA_EVALUATION_DIR": str(settings.evaluation_dir),
        "PAUTA_RELEASE_POLL_SECONDS": str(settings.release_poll_seconds),
        **LOG,
    }
    command = [sys.executable, "-m", "app", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def listens(address: str) -> bool:
    """Whether the service at the address answers at all."""
    try:
        return httpx.get(f"{address}/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
