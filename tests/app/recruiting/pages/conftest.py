"""One recruiting service for the pages: an admin and a recruiter."""

from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from script_shared.releases import Releases
from script_shared.settings import Settings
from script_shared.use_case_settings import UseCaseSettings
from tests.app.conftest import TOKEN, serving, until
from tests.app.recruiting.releases import make_release

RUI = "rui-looks-at-candidates"


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client without a token; a test may change only what no other test reads."""
    folder = tmp_path_factory.mktemp("recruiting-pages")
    releases = Releases(str(folder / "models" / "recruiting"))
    releases.publish(make_release(folder / "made"), "r1")
    releases.promote("r1", "test")
    settings = Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder,
        release_poll_seconds=0.05,
        admin_token=SecretStr(TOKEN),
        airflow_url=None,
        use_cases="recruiting",
        by_use_case={"recruiting": UseCaseSettings(viewers=SecretStr(f"rui={RUI}"))},
    )
    with serving(settings) as client:
        until(lambda: client.get("/ready?use_case=recruiting").status_code == 200)
        yield client
