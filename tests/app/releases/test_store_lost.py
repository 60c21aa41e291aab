"""The release store disappears in use, or is unreachable at a start: a release is still served, and this is shown."""

import shutil
from pathlib import Path

import httpx
import pytest

from script_shared.releases import Releases
from tests.app.conftest import Store, free_port, release_of, serving, until

stores = pytest.importorskip("tests.stores", reason="boto3 is not among the API's packages", exc_type=ImportError)
s3_endpoint, s3_root = stores.s3_endpoint, stores.s3_root
UP, DOWN = "pauta_release_store_up 1.0", "pauta_release_store_up 0.0"


def state(client: httpx.Client) -> str:
    return str(client.get("/ready").json()["release_store"])


def test_a_removed_store_is_reported_until_it_is_back(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    assert state(client) == "reachable"
    assert UP in client.get("/metrics").text
    shutil.move(tmp_path / "models", tmp_path / "away")
    until(lambda: state(client).startswith("unreachable since 20"))
    ready = client.get("/ready")
    assert (ready.status_code, ready.json()["release"]) == (200, "v1")
    assert "empty or was removed" in ready.json()["store_error"]
    assert client.get("/info").json()["release_store"] == ready.json()["release_store"]
    assert DOWN in client.get("/metrics").text
    assert client.get("/recommendations").json()["items"]
    shutil.move(tmp_path / "away", tmp_path / "models")
    until(lambda: state(client) == "reachable")
    assert UP in client.get("/metrics").text
    store.promote("v2", "Nova")
    until(lambda: release_of(client) == "v2")


@pytest.fixture
def remote(store: Store, s3_root: str) -> Store:
    """A store in a bucket, with a release that was in service here once."""
    settings = store.settings.model_copy(update={"models_uri": s3_root})
    remote = Store(Releases(f"{s3_root}/news"), settings, store.folders)
    remote.promote("v1")
    with serving(settings) as client:
        until(lambda: release_of(client) == "v1")
    return remote


def test_a_start_without_the_store_serves_the_release_of_the_cache(
    remote: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with serving(remote.settings) as client:
        until(lambda: release_of(client) == "v1")
        assert state(client).endswith("; the release in service comes from the cache")
        assert DOWN in client.get("/metrics").text
        assert client.get("/recommendations").json()["items"]


def test_a_start_without_store_and_cache_reports_the_reason(remote: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(remote.settings.cache_dir)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with serving(remote.settings) as client:
        until(lambda: client.get("/ready").json()["store_error"])
        assert client.get("/ready").status_code == 503
        assert state(client).startswith("unreachable since")
        assert "cache" not in state(client)
