"""The release in service, its like in the store, and how to load it again."""

import httpx
import pytest

from app.news.releases.release_loader import shown_examples
from app.routes import releases
from script_shared.releases import Releases
from tests.app.conftest import Store, release_of, serving, until
from tests.app.releases_made import ARTICLES, READS
from tests.patience import PATIENCE_SECONDS


def test_the_facts_of_the_release_are_told(shared: httpx.Client) -> None:
    model = shared.get("/model").json()
    assert model["release"] == "v1"
    assert model["run_id"] == "run-1"
    assert (model["articles"], model["readers"]) == (ARTICLES, len(READS))
    assert model["promoted_because"] == "test"
    assert model["refused"] is None


def test_examples_are_readers_of_their_segment(shared: httpx.Client) -> None:
    examples = shared.get("/model").json()["examples"]
    assert list(examples) == ["logged", "semi_logged", "anonymous"]
    for segment, users in examples.items():
        assert 0 < len(users) <= 5
        for user in users:
            assert shared.get("/recommendations", params={"user_id": user}).json()["segment"] == segment


def test_without_a_release_there_is_no_model(store: Store) -> None:
    with serving(store.settings) as client:
        response = client.get("/model")
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_reload_loads_the_same_release_again(client: httpx.Client, admin: dict[str, str]) -> None:
    before = client.get("/model").json()
    response = client.post("/model/reload", headers=admin)
    assert response.status_code == 200
    assert response.json()["reloaded"] is True
    assert response.json()["release"] == before["release"]
    assert "pauta_release_swaps_total 2.0" in client.get("/metrics").text


def test_reload_without_a_release_says_so(store: Store, admin: dict[str, str]) -> None:
    with serving(store.settings) as client:
        response = client.post("/model/reload", headers=admin)
    assert response.status_code == 503
    assert "Nothing is in service" in response.json()["detail"]


@pytest.mark.parametrize("address", ["/model/reload", "/train"])
def test_admin_routes_are_closed_without_a_token_in_the_settings(store: Store, address: str) -> None:
    settings = store.settings.model_copy(update={"admin_token": None})
    with serving(settings) as client:
        for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer None"}):
            response = client.post(address, headers=headers)
            assert response.status_code == 403
            assert "PAUTA_ADMIN_TOKEN" in response.json()["detail"]


@pytest.mark.parametrize(
    "given", [None, "Bearer wrong", "Bearer", "Basic b3BlbnM6", "Bearer opens-admin-routes-not", "é"]
)
@pytest.mark.parametrize("address", ["/model/reload", "/train"])
def test_a_wrong_token_opens_nothing(client: httpx.Client, address: str, given: str | None) -> None:
    headers = {"Authorization": given.encode()} if given else {}
    response = client.post(address, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.headers["Content-Type"] == "application/problem+json"


def test_manifests_are_read_again_when_the_pointer_moves_and_not_at_each_request(
    client: httpx.Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    read = Releases.list
    monkeypatch.setattr(Releases, "list", lambda self: reads.append(1) or read(self))
    monkeypatch.setattr(releases, "KEPT_SECONDS", PATIENCE_SECONDS)
    assert [len(client.get("/releases").json()["releases"]) for _ in range(5)] == [1] * 5
    assert len(reads) == 1
    store.promote("v2")
    assert len(client.get("/releases").json()["releases"]) == 2
    assert len(reads) == 2


def test_releases_are_listed_newest_first_with_the_current_one_marked(client: httpx.Client, store: Store) -> None:
    store.promote("v2", "Nova")
    until(lambda: release_of(client) == "v2")
    listed = client.get("/releases").json()
    assert [(entry["version"], entry["current"]) for entry in listed["releases"]] == [("v2", True), ("v1", False)]
    assert listed["current"] == listed["serving"] == "v2"
    assert listed["releases"][0]["facts"] == {"note": "made for a test"}
    assert [move["version"] for move in listed["history"]] == ["v1", "v2"]


def test_an_empty_store_lists_nothing(store: Store) -> None:
    with serving(store.settings) as client:
        assert client.get("/releases").json() == {"current": None, "serving": None, "releases": [], "history": []}


def test_readers_of_today_are_not_shown_to_anybody() -> None:
    some = {"logged": ["r1", "r2"], "anonymous": []}
    assert shown_examples("data", some) == some
    assert shown_examples("wall", some) == {"logged": [], "anonymous": []}
