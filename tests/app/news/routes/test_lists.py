"""The most read and the latest: the same for everybody, narrowed on request, and never what may not be shown."""

from typing import Any

import httpx
import pytest

from tests.app.conftest import TOKEN
from tests.app.releases_made import NOW_MS

HOUR_MS = 3_600_000


def pages(client: httpx.Client, route: str, **query: Any) -> list[str]:
    response = client.get(route, params=query)
    assert response.status_code == 200, response.text
    return [item["page"] for item in response.json()["items"]]


def click(client: httpx.Client, page: str, users: range, **more: Any) -> None:
    events = [{"event_id": f"{page} {user}", "user_id": f"u{user}", "page": page, **more} for user in users]
    assert client.post("/events", json=events, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def post(client: httpx.Client, admin: dict[str, str], **body: Any) -> None:
    assert client.post("/articles", json=body, headers=admin).status_code == 200


@pytest.fixture
def read(client: httpx.Client) -> httpx.Client:
    """A service where a30 (economia), a31 (esportes) and a32 (mundo) are read by 30, 20 and 10 users."""
    for page, users in {"a30": 30, "a31": 20, "a32": 10}.items():
        click(client, page, range(users), region="sp" if page == "a31" else "rj")
    return client


@pytest.mark.parametrize("window", ["2m", "10m", "1h", "6h", "24h"])
def test_the_most_read_come_first_with_their_shares(read: httpx.Client, window: str) -> None:
    answer = read.get("/most-read", params={"window": window}).json()
    found = [(item["page"], item["clicks"], item["share"]) for item in answer["items"]]
    assert found == [("a30", 30, 0.5), ("a31", 20, 0.3333), ("a32", 10, 0.1667)]
    assert answer["items"][0]["section"] == "economia"
    assert answer["items"][0]["title"].startswith("Velha a30")


def test_old_clicks_count_less_by_the_window(read: httpx.Client) -> None:
    click(read, "a33", range(12), time=NOW_MS + HOUR_MS)
    assert pages(read, "/most-read", window="2m") == ["a33"]
    assert pages(read, "/most-read", window="1h")[:2] == ["a30", "a33"]


def test_the_most_read_are_narrowed_to_a_section_and_to_the_users_of_a_region(read: httpx.Client) -> None:
    assert pages(read, "/most-read", section="mundo") == ["a32"]
    assert read.get("/most-read?section=mundo").json()["items"][0]["share"] == 1.0
    assert pages(read, "/most-read", region="rj") == ["a30", "a32"]
    assert pages(read, "/most-read", region="rj", section="mundo") == ["a32"]
    assert pages(read, "/most-read", region="nowhere") == pages(read, "/most-read", section="nothing") == []


@pytest.mark.parametrize("route", ["/most-read", "/latest"])
@pytest.mark.parametrize(
    "said", [{"hidden": True}, {"taken_down": True}, {"embargo_until": NOW_MS + HOUR_MS}, {"expires": NOW_MS}]
)
def test_what_editors_withhold_leaves_both_lists_at_once(
    read: httpx.Client, admin: dict[str, str], route: str, said: dict[str, Any]
) -> None:
    post(read, admin, page="new", title="Nova")
    click(read, "new", range(40))
    assert "new" in pages(read, route)[:2]
    post(read, admin, page="new", **said)
    assert "new" not in pages(read, route, limit=100)


def test_the_latest_are_the_newest_that_are_published(shared: httpx.Client) -> None:
    assert pages(shared, "/latest", limit=4) == ["a49", "a48", "a47", "a46"]
    assert len(pages(shared, "/latest", limit=100)) == 40
    assert pages(shared, "/latest", section="mundo", limit=2) == ["a47", "a44"]
    assert pages(shared, "/latest", window="1h") == ["a49", "a48"]


def test_the_latest_hold_posts_in_their_place_and_by_their_own_date(
    client: httpx.Client, admin: dict[str, str]
) -> None:
    post(client, admin, page="new", title="Nova", issued=NOW_MS - HOUR_MS // 2, region="sp", tags=["Eleições"])
    post(client, admin, page="a20", issued=NOW_MS, tags=["eleicoes"])
    found = pages(client, "/latest", limit=4)
    assert sorted(found[:2]) == ["a20", "a49"]  # of the same moment
    assert found[2:] == ["new", "a48"]
    assert pages(client, "/latest", region="sp") == ["new"]
    assert sorted(pages(client, "/latest", tag="eleições")) == ["a20", "new"]
    assert pages(client, "/latest", limit=100).count("a20") == 1


@pytest.mark.parametrize("route", ["/most-read", "/latest"])
@pytest.mark.parametrize("query", ["window=3h", "limit=0", "limit=101", "user_id=u", "section=" + "x" * 65])
def test_what_the_lists_do_not_know_is_refused(shared: httpx.Client, route: str, query: str) -> None:
    assert shared.get(f"{route}?{query}").status_code == 422


@pytest.mark.parametrize("route", ["/most-read", "/latest"])
def test_the_lists_may_be_cached_for_a_second(shared: httpx.Client, route: str) -> None:
    assert shared.get(route).headers["Cache-Control"] == "public, max-age=1"
