"""Editors' words count at once: new articles come, hidden ones go, in every process."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from app.news.event_shapes import ArticlePost
from script_shared.errors import UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.database.connection import LogConnection
from script_shared.events.signature import HEADER, sign
from script_shared.news.params import FILE, NewsParams
from script_shared.news.serving.loading import POSITION
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params
from tests.app.conftest import Store, release_of, serving, until
from tests.app.releases_made import NOW_MS
from tests.app.sites import EVENTS_KEY

HOUR_MS = 3_600_000


def post(client: httpx.Client, admin: dict[str, str], body: Any) -> None:
    response = client.post("/articles", json=body, headers=admin)
    assert response.status_code == 200, response.text


def pages(client: httpx.Client, **query: Any) -> list[str]:
    items = client.get("/recommendations", params={"num_recs": 100, **query}).json()["items"]
    return [item["page"] for item in items]


def click(client: httpx.Client, number: int, page: str) -> None:
    body = {"event_id": f"e{number}", "user_id": f"u{number}", "page": page}
    assert client.post("/events", json=body).status_code == 200


def test_a_new_article_is_recommended_at_once_and_shown_as_it_was_posted(
    client: httpx.Client, admin: dict[str, str]
) -> None:
    post(client, admin, {"page": "new", "title": "Café novo", "url": "https://pauta.example/new", "section": "mundo"})
    item = next(
        item
        for item in client.get("/recommendations", params={"num_recs": 100}).json()["items"]
        if item["page"] == "new"
    )
    assert (item["title"], item["url"]) == ("Café novo", "https://pauta.example/new")
    assert item["issued"] == "2022-08-15T03:00:00Z"


def test_clicks_that_came_before_the_metadata_count(client: httpx.Client, admin: dict[str, str]) -> None:
    for number in range(120):
        click(client, number, "new")
    assert "new" not in pages(client)
    post(client, admin, {"page": "new", "title": "Novo"})
    assert pages(client)[0] == "new"


@pytest.mark.parametrize(
    "said",
    [
        {"hidden": True},
        {"taken_down": True},
        {"embargo_until": NOW_MS + HOUR_MS},
        {"expires": "2022-08-15T02:00:00Z"},
        {"issued": NOW_MS + HOUR_MS},
        {"issued": NOW_MS - 169 * HOUR_MS},
    ],
)
def test_what_editors_withhold_leaves_every_list_at_once(
    client: httpx.Client, admin: dict[str, str], said: dict[str, Any]
) -> None:
    for number in range(120):
        click(client, number, "a30")  # however popular it is
    assert pages(client)[0] == "a30"
    post(client, admin, {"page": "a30", **said})
    assert "a30" not in pages(client)
    assert "a30" not in pages(client, user_id="log0")
    assert len(pages(client)) == 39


def test_what_is_left_out_of_a_post_stays_as_it_was(client: httpx.Client, admin: dict[str, str]) -> None:
    post(client, admin, {"page": "a30", "title": "Outro título"})
    post(client, admin, {"page": "a30", "hidden": True})
    assert "a30" not in pages(client)
    post(client, admin, {"page": "a30", "hidden": False})
    items = client.get("/recommendations", params={"num_recs": 100}).json()["items"]
    found = next(item for item in items if item["page"] == "a30")
    assert found["title"] == "Outro título"
    assert found["url"].endswith("/a30.ghtml")


def test_an_embargo_ends_by_the_clock(client: httpx.Client, admin: dict[str, str]) -> None:
    post(client, admin, {"page": "a30", "embargo_until": NOW_MS + HOUR_MS})
    assert "a30" not in pages(client)
    body = {"event_id": "later", "page": "a20", "time": NOW_MS + HOUR_MS}
    assert client.post("/events", json=body, headers=admin).status_code == 200
    assert "a30" in pages(client)


def test_a_taken_down_article_leaves_every_process_and_stays_away_after_a_start(
    store: Store, admin: dict[str, str]
) -> None:
    store.promote("v1")
    with serving(store.settings) as one, serving(store.settings) as other:
        until(lambda: release_of(one) == release_of(other) == "v1")
        post(one, admin, {"page": "a30", "taken_down": True})
        assert "a30" not in pages(one)
        until(lambda: "a30" not in pages(other))
    with serving(store.settings) as again:
        until(lambda: release_of(again) == "v1")
        assert "a30" not in pages(again)


def test_the_door_is_closed_without_the_token(client: httpx.Client) -> None:
    assert client.post("/articles", json={"page": "a30", "hidden": True}).status_code == 401
    assert "a30" in pages(client)


@pytest.mark.parametrize("body", [{}, {"page": ""}, {"page": "a", "heading": "x"}, {"page": "a", "issued": "soon"}, []])
def test_a_post_that_says_nothing_usable_is_refused(client: httpx.Client, admin: dict[str, str], body: Any) -> None:
    assert client.post("/articles", json=body, headers=admin).status_code == 422


@pytest.mark.parametrize("time", [10**30, -1, 0, 1 << 63, "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+00:00"])
@pytest.mark.parametrize("name", ["issued", "embargo_until", "expires"])
def test_a_time_outside_2000_to_2100_is_refused(
    shared: httpx.Client, admin: dict[str, str], name: str, time: Any
) -> None:
    with pytest.raises(ValidationError, match="between the years 2000 and 2100"):
        ArticlePost.model_validate({"page": "a", name: time})
    response = shared.post("/events", json={"event_id": "e", "page": "a", "time": time})
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"in": "body", "field": "item.time", "message": "must lie between the years 2000 and 2100"}
    ]


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_publication_in_seconds_or_milliseconds_is_one_moment(
    client: httpx.Client, admin: dict[str, str], unit: int
) -> None:
    post = {"page": "sec-1", "title": "Eclipse visto em Manaus", "issued": NOW_MS // 1000 * unit}
    assert client.post("/articles", json=post, headers=admin).status_code == 200
    assert "sec-1" in pages(client, num_recs=100)


def with_snapshot(store: Store, folder: Path, version: str, seq: int) -> None:
    """Put a release into service whose snapshot holds the log up to a number."""
    made = shutil.copytree(store.folders["Nova"], folder / version)
    save_state(LiveState(load_params(NewsParams, FILE).live), made / "live")
    (made / "live" / POSITION).write_text(json.dumps({"seq": seq}))
    store.releases.publish(made, version)
    store.releases.promote(version, "test")


def test_what_was_hidden_before_the_snapshot_goes_once_the_log_is_back(
    store: Store, admin: dict[str, str], tmp_path: Path
) -> None:
    place, away = tmp_path / "log", tmp_path / "moved"
    place.mkdir()
    settings = store.settings.model_copy(update={"events_uri": f"sqlite:///{place}/events.db"})
    log = EventLog(settings.events_address)
    log.append([Entry("p", Kind.ARTICLE, NOW_MS, "", "a20", {"hidden": True})])
    log.append([Entry("q", Kind.ARTICLE, NOW_MS, "", "a30", {"hidden": True})])
    log.erase("log0")
    with_snapshot(store, tmp_path, "v1", log.head())
    log.append([Entry("r", Kind.ARTICLE, NOW_MS, "", "a30", {"hidden": False})])
    log.close()
    place.rename(away)
    with serving(settings) as client:
        until(lambda: release_of(client) == "v1")
        degraded = client.get("/recommendations").json()["degraded"]
        assert "event_log" in degraded  # and "live_state_stale" where loading took longer than five seconds
        assert "a20" in pages(client)  # nobody can know
        away.rename(place)
        until(lambda: client.get("/recommendations").json()["degraded"] == [])
        assert "a20" not in pages(client)
        assert "a30" in pages(client)
        assert client.get("/users/log0", headers=admin).status_code == 404
        with serving(settings) as other:
            until(lambda: release_of(other) == "v1")
            until(lambda: _digest(other, admin) == _digest(client, admin))


def test_a_release_that_comes_while_the_log_is_away_keeps_to_what_was_hidden(
    store: Store, admin: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: LogConnection) -> None:
        raise UnavailableError("the event log is away.", fix="Wait.")

    store.promote("v1")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "v1")
        post(client, admin, {"page": "a20", "hidden": True})
        client.delete("/users/log0", headers=admin)
        head = EventLog(store.settings.events_address).head()
        monkeypatch.setattr(LogConnection, "_prepare", away)
        with_snapshot(store, tmp_path, "v2", head)
        until(lambda: release_of(client) == "v2")
        answer = client.get("/recommendations", params={"user_id": "log0", "num_recs": 100}).json()
        assert "event_log" in answer["degraded"]
        assert "a20" not in [item["page"] for item in answer["items"]]
        assert answer["segment"] == "anonymous"


def test_what_was_shown_too_often_stays_away_under_the_next_release(store: Store, tmp_path: Path) -> None:
    store.promote("v1")
    with serving(store.settings.model_copy(update={"events_key": SecretStr(EVENTS_KEY)})) as client:
        until(lambda: release_of(client) == "v1")
        often = [("a20", 8), ("a21", 7)]
        shown = [
            {"event_id": f"{page}{n}", "kind": "impression", "user_id": "log0", "page": page}
            for page, times in often
            for n in range(times)
        ]
        body = json.dumps(shown).encode()
        headers = {HEADER: sign(EVENTS_KEY, body, int(time.time())), "Content-Type": "application/json"}
        assert client.post("/events", content=body, headers=headers).status_code == 200
        with_snapshot(store, tmp_path, "v2", EventLog(store.settings.events_address).head())
        until(lambda: release_of(client) == "v2")
        got = pages(client, user_id="log0")
        assert "a20" not in got
        assert "a21" in got


def _digest(client: httpx.Client, admin: dict[str, str]) -> tuple[int, str]:
    told = client.get("/live", params={"digest": 1}, headers=admin).json()
    return told["position"], told["digest"]


def test_an_article_is_of_the_section_that_its_address_says_at_once(
    client: httpx.Client, admin: dict[str, str]
) -> None:
    url = "https://site.example/saude-teste/noticia/2022/08/15/x.ghtml"
    post(client, admin, {"page": "url-1", "title": "Vacina contra dengue", "text": "vacina dengue", "url": url})
    for spelling in ("saude-teste", "Saúde Teste", "SAUDE TESTE"):
        assert pages(client, section=spelling) == ["url-1"]
    post(client, admin, {"page": "url-1", "section": "Esportes Teste"})
    assert pages(client, section="saude-teste") == []
    assert pages(client, section="esportes teste") == ["url-1"]
    post(client, admin, {"page": "url-1", "section": None})  # back to what the address says
    assert pages(client, section="saude-teste") == ["url-1"]
