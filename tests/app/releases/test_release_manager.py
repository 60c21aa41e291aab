"""New releases replace old ones without a failed request, and broken ones are refused."""

import shutil
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.app.conftest import Store, free_port, release_of, serving, until


def titles(client: httpx.Client) -> set[str]:
    """First words of the titles in an answer."""
    return {item["title"].split()[0] for item in client.get("/recommendations").json()["items"]}


def test_without_a_release_the_service_runs_and_reports_that_it_waits(store: Store) -> None:
    with serving(store.settings) as client:
        assert client.get("/health").status_code == 200
        ready = client.get("/ready")
        asked = client.get("/recommendations")
    assert ready.status_code == 503
    assert int(ready.headers["Retry-After"]) > 0
    assert "no release" in ready.json()["detail"].lower()
    assert asked.status_code == 503
    assert int(asked.headers["Retry-After"]) > 0


def test_the_first_release_is_served_when_it_is_promoted(store: Store) -> None:
    with serving(store.settings) as client:
        assert client.get("/ready").status_code == 503
        store.promote("v1")
        until(lambda: client.get("/ready").status_code == 200)
        assert release_of(client) == "v1"
        assert client.get("/recommendations").status_code == 200


def test_a_promoted_release_replaces_the_one_in_service(client: httpx.Client, store: Store) -> None:
    assert titles(client) == {"Velha"}
    store.promote("v2", "Nova")
    until(lambda: release_of(client) == "v2")
    assert titles(client) == {"Nova"}
    store.releases.rollback("test")
    until(lambda: release_of(client) == "v1")
    assert titles(client) == {"Velha"}


def test_a_damaged_release_is_refused_and_the_old_one_is_still_served(client: httpx.Client, store: Store) -> None:
    store.releases.publish(store.folders["Nova"], "v2")
    store.damage("v2", "catalog/issued_ms.npy")
    store.releases.promote("v2", "test", check=False)
    until(lambda: client.get("/ready").json()["refused"])
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert ready.json()["release"] == "v1"
    assert ready.json()["refused"]["release"] == "v2"
    assert "issued_ms.npy" in ready.json()["refused"]["reason"]
    assert client.get("/info").json()["refused"]["release"] == "v2"
    assert titles(client) == {"Velha"}
    assert "pauta_release_refusals_total 1.0" in client.get("/metrics").text


def test_with_a_damaged_first_release_the_service_waits_and_reports_the_reason(store: Store) -> None:
    store.releases.publish(store.folders["Nova"], "v1")
    store.damage("v1", "model.json")
    store.releases.promote("v1", "test", check=False)
    with serving(store.settings) as client:
        until(lambda: client.get("/ready").json()["refused"])
        assert "model.json" in client.get("/ready").json()["detail"]
        assert client.get("/recommendations").status_code == 503
        store.promote("v2")
        until(lambda: release_of(client) == "v2")
        assert client.get("/ready").json()["refused"] is None


def test_a_start_on_a_damaged_release_serves_the_one_before(store: Store) -> None:
    store.promote("v1")
    store.releases.publish(store.folders["Nova"], "v2")
    store.damage("v2", "catalog/issued_ms.npy")
    store.releases.promote("v2", "test", check=False)
    with serving(store.settings) as client:
        until(lambda: client.get("/ready").status_code == 200)
        assert release_of(client) == "v1"
        assert client.get("/ready").json()["refused"]["release"] == "v2"
        store.promote("v3", "Nova")
        until(lambda: release_of(client) == "v3")
        assert client.get("/ready").json()["refused"] is None


def test_a_release_that_fails_its_own_check_is_refused(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    early = shutil.copytree(store.folders["Nova"], tmp_path / "early")
    issued = early / "catalog" / "issued_ms.npy"
    np.save(issued, np.load(issued) + 365 * 24 * 3_600_000)  # nothing is published yet on its clock
    store.releases.publish(early, "v2")
    store.releases.promote("v2", "test")
    until(lambda: client.get("/ready").json()["refused"])
    assert "no article is published" in client.get("/ready").json()["refused"]["reason"]
    assert release_of(client) == "v1"


def test_a_release_in_which_every_article_has_expired_is_served_with_full_lists(
    client: httpx.Client, store: Store, tmp_path: Path
) -> None:
    old = shutil.copytree(store.folders["Nova"], tmp_path / "old")
    facts = old / "model.json"
    facts.write_text(facts.read_text().replace('"data"', '"wall"'))  # by wall time every article has expired
    store.releases.publish(old, "v2")
    store.releases.promote("v2", "test")
    until(lambda: release_of(client) == "v2")
    items = client.get("/recommendations").json()["items"]
    assert len(items) == 10
    assert {item["reason"] for item in items} == {"older story"}


def test_a_release_that_cannot_be_loaded_is_refused(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    odd = shutil.copytree(store.folders["Nova"], tmp_path / "odd")
    (odd / "params.json").write_text("{}")
    store.releases.publish(odd, "v2")
    store.releases.promote("v2", "test")
    until(lambda: client.get("/ready").json()["refused"])
    assert client.get("/ready").json()["refused"]["retried"] is False
    assert release_of(client) == "v1"


def test_a_refused_release_is_tried_again_only_on_reload(
    client: httpx.Client, store: Store, admin: dict[str, str]
) -> None:
    store.releases.publish(store.folders["Nova"], "v2")
    store.damage("v2", "model.json")
    store.releases.promote("v2", "test", check=False)
    until(lambda: client.get("/ready").json()["refused"])
    refused = client.post("/model/reload", headers=admin)
    assert refused.status_code == 503
    assert "v1 stays in service" in refused.json()["detail"]
    store.damage("v2", "model.json")  # the same byte once more repairs it
    mended = client.post("/model/reload", headers=admin)
    assert mended.status_code == 200
    assert mended.json()["release"] == "v2"
    assert "pauta_release_refusals_total 2.0" in client.get("/metrics").text


def test_a_pointer_that_returns_to_the_release_in_service_forgets_the_refusal(
    client: httpx.Client, store: Store
) -> None:
    store.releases.publish(store.folders["Nova"], "v2")
    store.damage("v2", "model.json")
    store.releases.promote("v2", "test", check=False)
    until(lambda: client.get("/ready").json()["refused"])
    store.releases.rollback("test")
    until(lambda: client.get("/ready").json()["refused"] is None)
    assert release_of(client) == "v1"


def test_an_unreadable_store_leaves_the_release_in_service_and_is_reported(client: httpx.Client, store: Store) -> None:
    pointer = Path(store.releases.uri) / "current"
    content = pointer.read_bytes()
    pointer.write_bytes(b"{ not a pointer")
    until(lambda: client.get("/ready").json()["store_error"])
    assert client.get("/ready").status_code == 200
    assert titles(client) == {"Velha"}
    pointer.write_bytes(content)
    until(lambda: client.get("/ready").json()["store_error"] is None)


def test_the_service_starts_with_an_unreachable_store(store: Store) -> None:
    pointer = Path(store.releases.uri) / "current"
    pointer.mkdir(parents=True)  # reading it raises an error of the system
    with serving(store.settings) as client:
        until(lambda: client.get("/ready").json()["store_error"])
        ready = client.get("/ready")
        assert ready.status_code == 503
        assert "store cannot be read" in ready.json()["detail"]
        assert client.get("/health").status_code == 200
        assert client.get("/releases").status_code == 503
        pointer.rmdir()
        store.promote("v1")
        until(lambda: release_of(client) == "v1")


def test_an_unreachable_object_store_is_reported_while_the_service_runs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    settings = store.settings.model_copy(update={"models_uri": "s3://bucket/models"})
    with serving(settings) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 503
        until(lambda: client.get("/ready").json()["store_error"])
        assert client.get("/recommendations").status_code == 503
