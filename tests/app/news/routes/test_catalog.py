"""Articles are found and read back; strangers see what was published, admins everything and why a user gets it."""

from typing import Any

import httpx
import pytest

from script_shared.events import Entry, EventLog, Kind
from script_shared.news.state.trust import SIGNED
from tests.app.conftest import Store
from tests.app.releases_made import ARTICLES, NOW_MS

HOUR_MS = 3_600_000
EVERYTHING = {f"a{number}" for number in range(ARTICLES)}
PUBLISHED = {f"a{number}" for number in range(50)}
WITHHELD = {
    "hidden": {"hidden": True},
    "taken_down": {"taken_down": True},
    "embargoed": {"embargo_until": NOW_MS + HOUR_MS},
    "not_published": {"issued": NOW_MS + HOUR_MS},
}


def post(client: httpx.Client, admin: dict[str, str], **body: Any) -> None:
    assert client.post("/articles", json=body, headers=admin).status_code == 200


def walk(client: httpx.Client, headers: dict[str, str] | None = None, **query: Any) -> list[str]:
    """The pages of a search, followed to the end."""
    found, cursor = [], ""
    while cursor is not None:
        answer = client.get("/articles", params={**query, "cursor": cursor}, headers=headers or {}).json()
        found += [item["page"] for item in answer["items"]]
        cursor = answer["next"]
    return found


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_strangers_find_what_was_published_newest_first_and_each_once(shared: httpx.Client, limit: int) -> None:
    found = walk(shared, limit=limit)
    assert len(found) == len(set(found))
    assert set(found) == PUBLISHED
    assert found[:3] == ["a49", "a48", "a47"]


def test_admins_find_everything(common: httpx.Client, admin: dict[str, str]) -> None:
    assert set(walk(common, admin, limit=7)) >= EVERYTHING
    assert set(walk(common, admin, state="expired")) == {f"a{number}" for number in range(10)}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "a17"}, ["a17"]),
        ({"q": "ELEICAO cafe a2"}, ["a29", "a28", "a27", "a26", "a25", "a24", "a23", "a22", "a21", "a20", "a2"]),
        ({"q": "leição a17"}, []),
        ({"q": "a3", "section": "mundo"}, ["a38", "a35", "a32"]),
        ({"section": "nothing"}, []),
        ({"q": "!!!", "limit": "2"}, None),
    ],
)
def test_articles_are_found_by_the_words_of_their_titles(
    shared: httpx.Client, query: dict[str, str], found: list[str] | None
) -> None:
    assert walk(shared, **query) == (found if found is not None else walk(shared))


def test_a_page_looks_at_a_bounded_number_of_articles_and_goes_on_from_there(
    shared: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.news.routes.catalog.LOOKED_AT", 8)
    first = shared.get("/articles", params={"q": "a17"}).json()
    assert first["items"] == []
    assert first["next"]
    assert walk(shared, q="a17") == ["a17"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "MQAB", "a" * 99])
def test_a_cursor_of_another_list_is_refused(shared: httpx.Client, cursor: str) -> None:
    assert shared.get("/articles", params={"cursor": cursor}).status_code == 422


@pytest.mark.parametrize("state", WITHHELD)
def test_what_is_withheld_does_not_leak_to_strangers(common: httpx.Client, admin: dict[str, str], state: str) -> None:
    page = f"secret/{state}"
    post(common, admin, page=page, title=f"Segredo {state}", tags=["segredo"], **WITHHELD[state])
    assert common.get(f"/articles/{page}").status_code == 404
    assert common.get(f"/articles/{page}").json()["detail"] == common.get("/articles/nowhere").json()["detail"]
    assert page not in walk(common) + walk(common, q="segredo") + walk(common, tag="segredo")
    found = common.get(f"/articles/{page}", headers=admin).json()
    assert (found["state"], found["title"]) == (state, f"Segredo {state}")
    assert page in walk(common, admin, q="segredo", state=state)


def test_a_stranger_cannot_reach_ahead_by_a_cursor(common: httpx.Client, admin: dict[str, str]) -> None:
    cursor = common.get("/articles", params={"limit": 1}, headers=admin).json()["next"]
    assert set(walk(common)) >= {item["page"] for item in common.get(f"/articles?cursor={cursor}").json()["items"]}


def test_an_article_is_read_back_as_it_was_posted(client: httpx.Client, admin: dict[str, str]) -> None:
    post(client, admin, page="news/2026/x", title="Café", url="https://s/x", section="s", region="sp", tags=["b", "a"])
    found = client.get("/articles/news/2026/x").json()
    assert found == {
        "page": "news/2026/x",
        "title": "Café",
        "url": "https://s/x",
        "issued": "2022-08-15T03:00:00Z",
        "section": "s",
        "region": "sp",
        "tags": ["b", "a"],
        "state": "shown",
        "editorial": None,
        "user": None,
    }
    editorial = client.get("/articles/news/2026/x", headers=admin).json()["editorial"]
    assert editorial == {
        "in_release": False,
        "posted_at": "2022-08-15T03:00:00Z",
        "embargo_until": None,
        "expires": None,
        "hidden": False,
        "taken_down": False,
    }


@pytest.mark.parametrize("query", ["user_id=log0", "session=s", "user_id=", "region=sp", "section=mundo"])
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Basic b3BlbnM6YWRtaW4tcm91dGVz"])
def test_what_a_user_is_shown_is_for_admins(common: httpx.Client, query: str, header: str | None) -> None:
    headers = {"Authorization": header.strip()} if header else {}
    response = common.get(f"/articles/a30?{query}", headers=headers)
    assert response.status_code == 401
    assert common.get("/articles?state=hidden", headers=headers).status_code == 401


def test_without_a_token_nobody_asks_about_users(shared: httpx.Client) -> None:
    assert shared.get("/articles/a30?user_id=log0").status_code == 403
    assert shared.get("/articles?state=hidden").status_code == 403


def why(client: httpx.Client, admin: dict[str, str], page: str, **query: Any) -> Any:
    return client.get(f"/articles/{page}", params=query, headers=admin).json()["user"]


def test_an_article_in_the_list_has_its_place_and_reason(client: httpx.Client, admin: dict[str, str]) -> None:
    items = client.get("/recommendations", params={"user_id": "log0", "num_recs": 100}).json()["items"]
    for place in (0, len(items) - 1):
        found = why(client, admin, items[place]["page"], user_id="log0")
        assert found == {
            "segment": "logged",
            "shown": True,
            "place": place,
            "score": items[place]["score"],
            "source": items[place]["source"],
            "because": items[place]["reason"],
            "reasons": [],
        }


def test_every_reason_against_an_article_is_named(client: httpx.Client, admin: dict[str, str], store: Store) -> None:
    def reasons(page: str, **query: Any) -> list[str]:
        found = why(client, admin, page, **query)
        assert not found["shown"]
        assert all(reason["text"].endswith(".") for reason in found["reasons"])
        return [reason["reason"] for reason in found["reasons"]]

    client.post("/events", json={"event_id": "c", "session": "visit", "page": "a30"})
    signed = {"proof": SIGNED}
    shown = [Entry(f"i{n}", Kind.IMPRESSION, NOW_MS, "u", "a31", signed) for n in range(9)]
    EventLog(store.settings.events_address).append(shown)
    client.post("/events", json={"event_id": "c2", "page": "a20"})  # counts after what is in the log before it
    assert reasons("a11", user_id="log0") == ["read"]  # the release knows it
    assert reasons("a30", session="visit") == ["read"]  # an event says it
    assert reasons("a31", user_id="u") == ["shown_too_often"]
    assert reasons("a30", user_id="u", section="mundo") == ["other_section"]
    assert reasons("a3", user_id="log0") == ["expired", "read"]
    assert reasons("a55", user_id="u") == ["not_published"]
    post(client, admin, page="a30", hidden=True)
    assert reasons("a30", session="visit") == ["hidden", "read"]
    post(client, admin, page="a30", taken_down=True)
    assert reasons("a30", user_id="u") == ["taken_down"]
    post(client, admin, page="a32", embargo_until=NOW_MS + HOUR_MS)
    assert reasons("a32", user_id="u") == ["embargoed"]


def test_asking_why_leaves_no_trace(client: httpx.Client, admin: dict[str, str]) -> None:
    why(client, admin, "a30", user_id="u")
    assert client.get("/live", headers=admin).json()["served_remembered"] == 0


def test_an_article_that_nobody_knows_is_404(common: httpx.Client, admin: dict[str, str]) -> None:
    for headers in ({}, admin):
        assert common.get("/articles/nobody/knows/it", headers=headers).status_code == 404
