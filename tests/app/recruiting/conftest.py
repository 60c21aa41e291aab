"""One trained release for all tests of the recruiting service, and a service of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import serving, until
from tests.app.recruiting.releases import ADMIN, make_release, settings_in


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the release's files; tests publish it, and change nothing in it."""
    return make_release(tmp_path_factory.mktemp("recruiting"))


@pytest.fixture
def promoted(made: Path, tmp_path: Path) -> Settings:
    """Settings of an instance whose store has the release ``r1`` in service."""
    settings = settings_in(tmp_path)
    releases = Releases(f"{settings.models_uri}/recruiting")
    releases.publish(made, "r1")
    releases.promote("r1", "test")
    return settings


@pytest.fixture
def settings(promoted: Settings) -> Settings:
    """Settings of the service; modules with viewers or keys of their own replace this."""
    return promoted


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    """A client with the admin token."""
    with serving(settings) as client:
        until(lambda: client.get("/ready?use_case=recruiting").status_code == 200)
        client.headers.update(ADMIN)
        yield client
