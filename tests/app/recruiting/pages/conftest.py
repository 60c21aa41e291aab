"""One recruiting service for the pages: an admin and a recruiter."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from script_shared.releases import Releases
from tests.app.conftest import serving, until
from tests.app.recruiting.releases import settings_in

RUI = "rui-looks-at-candidates"


@pytest.fixture(scope="package")
def service(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client without a token; a test may change only what no other test reads."""
    settings = settings_in(tmp_path_factory.mktemp("recruiting-pages"), viewers=SecretStr(f"rui={RUI}"))
    releases = Releases(f"{settings.models_uri}/recruiting")
    releases.publish(made, "r1")
    releases.promote("r1", "test")
    with serving(settings) as client:
        until(lambda: client.get("/ready?use_case=recruiting").status_code == 200)
        yield client
