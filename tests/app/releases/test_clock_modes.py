"""Which clock a service runs on: who chooses it, what reports it, what moves it, and its switch once a site is live."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from script_shared.clock import HOUR_MS, ClockSetting, choose_clock, wall_ms
from script_shared.live_signs import LIVE_READERS
from tests.app.conftest import Store, release_of, serving, until
from tests.app.releases_made import NOW_MS

DAY_MS = 24 * HOUR_MS


@pytest.fixture
def imported(store: Store) -> Store:
    """A release made from a site's export of long ago, in service."""
    return promoted(store, "local")


def promoted(store: Store, source: str) -> Store:
    folder = shutil.copytree(store.folders["Velha"], store.settings.data_dir.parent / "made")
    choice = choose_clock(NOW_MS, wall_ms(), 48, source=source)
    facts = json.loads((folder / "model.json").read_text()) | choice.facts()
    (folder / "model.json").write_text(json.dumps(facts))
    store.releases.publish(folder, "v1", run_id="run-1")
    store.releases.promote("v1", "test")
    return store


@contextlib.contextmanager
def service(store: Store, clock: ClockSetting = "auto") -> Iterator[httpx.Client]:
    with serving(store.settings.model_copy(update={"clock": clock})) as client:
        until(lambda: release_of(client) == "v1")
        yield client


def click(client: httpx.Client, user: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    body = {"event_id": f"{user} {sorted(more.items())}", "user_id": user, "page": "a20", **more}
    return client.post("/events", json=body, headers=headers)


def clock(client: httpx.Client) -> dict[str, str]:
    """The clock, which both routes report alike while nothing moves it."""
    facts: dict[str, str] = client.get("/ready").json()["clock"]
    assert client.get("/info").json()["clock"]["mode"] == facts["mode"]
    return facts


def is_live(client: httpx.Client) -> bool:
    """Whether the service runs on wall time; call it again until it does, because the switch may come later."""
    return bool(client.get("/ready").json()["clock"]["mode"] == "wall")


def pages(client: httpx.Client, **query: Any) -> list[str]:
    return [item["page"] for item in client.get("/recommendations", params={"num_recs": 100, **query}).json()["items"]]


def test_a_live_site_with_an_old_export_accepts_current_clicks_and_reports_its_clock(imported: Store) -> None:
    with service(imported) as client:
        assert click(client, "u1", time=wall_ms() // 1000).status_code == 200
        assert click(client, "u2").status_code == 200
        assert "a20" not in pages(client, user_id="u1")
        facts = clock(client)
    assert facts["mode"] == "data"
    assert "it is history" in facts["why"]
    assert "PAUTA_CLOCK=wall" in facts["why"]


def test_a_current_article_switches_the_site_to_wall_time_and_is_shown(imported: Store, admin: dict[str, str]) -> None:
    post = {"page": "fresh", "title": "Eclipse visto em Manaus", "issued": wall_ms()}
    with service(imported) as client:
        assert client.post("/articles", json=post, headers=admin).status_code == 200
        until(lambda: is_live(client))
        answer = client.get("/recommendations", params={"num_recs": 5}).json()
        assert clock(client)["mode"] == "wall"
        assert "live events arrived" in clock(client)["why"]
        assert 'pauta_clock_mode{mode="wall"} 1.0' in client.get("/metrics").text
    assert answer["items"][0]["page"] == "fresh"
    assert {item["reason"] for item in answer["items"][1:]} == {"older story"}


def test_expired_articles_fill_the_lists_until_a_new_one_is_posted(imported: Store, admin: dict[str, str]) -> None:
    with service(imported) as client:
        assert click(client, "u1", admin).status_code == 200
        until(lambda: is_live(client))
        items = client.get("/recommendations", params={"user_id": "u9"}).json()["items"]
    assert {item["reason"] for item in items} == {"older story"}


def test_enough_readers_switch_the_site_to_wall_time_in_every_process_permanently(
    imported: Store, admin: dict[str, str]
) -> None:
    with service(imported) as client, service(imported) as other:
        for number in range(LIVE_READERS - 1):
            for _ in range(3):
                assert click(client, f"u{number}").status_code == 200
        assert clock(client)["mode"] == "data"
        assert click(other, "one more").status_code == 200
        until(lambda: is_live(client) and is_live(other))
        assert clock(client)["mode"] == clock(other)["mode"] == "wall"
        assert click(client, "late", time=NOW_MS).status_code == 422
        digests = [each.get("/live", params={"digest": 1}, headers=admin).json()["digest"] for each in (client, other)]
        assert digests[0] == digests[1]
    with service(imported) as client:
        until(lambda: is_live(client))
        assert client.get("/live", params={"digest": 1}, headers=admin).json()["digest"] == digests[0]


def test_clicks_before_the_first_release_count_as_signs_of_a_live_site(store: Store) -> None:
    with serving(store.settings) as client:
        until(lambda: client.get("/health").status_code == 200)
        for number in range(LIVE_READERS):
            assert click(client, f"u{number}").status_code == 200
        promoted(store, "local")
        until(lambda: release_of(client) == "v1")
        until(lambda: is_live(client))


def test_generated_history_never_switches_to_wall_time(store: Store) -> None:
    with service(promoted(store, "sample")) as client:
        before = pages(client, user_id="somebody")
        refused = [click(client, f"u{number}", time=wall_ms()) for number in range(LIVE_READERS)]
        assert {response.status_code for response in refused} == {422}
        assert "PAUTA_CLOCK" in refused[0].json()["errors"][0]["message"]
        assert click(client, "u1").status_code == 200
        assert clock(client)["mode"] == "data"
        assert pages(client, user_id="somebody") == before


@pytest.mark.parametrize("setting", ["wall", "data"])
def test_the_setting_of_the_service_overrides_the_release(imported: Store, setting: ClockSetting) -> None:
    with service(imported, setting) as client:
        facts = clock(client)
        assert facts["mode"] == setting
        assert facts["why"] == f"PAUTA_CLOCK of this service is {setting}."
        status = click(client, "u1", time=wall_ms()).status_code
    assert status == (200 if setting == "wall" else 422)


@pytest.mark.parametrize("source", ["local", "sample"])
def test_a_stranger_cannot_move_the_clock_and_honest_events_are_still_accepted(store: Store, source: str) -> None:
    with service(promoted(store, source)) as client:
        before = pages(client, user_id="somebody")
        for step in range(1, 12):
            assert click(client, "stranger", time=NOW_MS + step * DAY_MS).status_code == 422
            assert click(client, "stranger", time=NOW_MS + step * HOUR_MS).status_code == 422
        assert pages(client, user_id="somebody") == before
        now = client.get("/recommendations").json()["generated_at"]
        assert click(client, "honest", time=now).status_code == 200
        assert "a20" not in pages(client, user_id="honest")
        assert clock(client)["now"] == "2022-08-15T03:00:00Z"


def test_a_wrong_token_does_not_move_the_clock(imported: Store) -> None:
    with service(imported) as client:
        wrong = {"Authorization": "Bearer guess"}
        assert click(client, "u", wrong, time=NOW_MS + DAY_MS).status_code == 422
        assert click(client, "u", wrong, time=wall_ms()).status_code == 200
        assert clock(client)["mode"] == "data"


def test_the_front_page_explains_why_it_shows_another_day(imported: Store) -> None:
    with service(imported) as client:
        assert 'id="why"' in client.get("/news").text
        assert "clock.why" in client.get("/web/news/front.js").text
