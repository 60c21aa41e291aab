"""Which posts of articles the record of decisions has."""

from typing import Any

import httpx
import pytest

NEW = {"page": "new", "title": "Café novo", "hidden": False}


def post(client: httpx.Client, admin: dict[str, str], *bodies: Any) -> list[str]:
    """Post in turn; returns the reasons of the entries that the record got, oldest first."""
    for body in bodies:
        assert client.post("/articles", json=body, headers=admin).status_code == 200
    found = client.get("/audit", params={"what": "editorial", "limit": 100}, headers=admin).json()["entries"]
    return [entry["why"] for entry in reversed(found)]


def test_a_feed_gets_one_entry_an_hour(client: httpx.Client, admin: dict[str, str]) -> None:
    entries = post(client, admin, *({**NEW, "page": f"n{number}"} for number in range(5)))
    assert 1 <= len(entries) <= 2, "two only where the hour ends meanwhile"
    assert all(entry.startswith("articles posted; others that the same token posts before ") for entry in entries)


@pytest.mark.parametrize(
    ("decision", "undo"),
    [({"hidden": True}, {"hidden": False}), ({"taken_down": True}, {"taken_down": False})],
)
def test_each_decision_of_people_has_its_entry(
    client: httpx.Client, admin: dict[str, str], decision: dict[str, bool], undo: dict[str, bool]
) -> None:
    entries = post(client, admin, {**NEW, **decision}, {"page": "new", **decision}, {"page": "new", **undo})
    assert entries == ["articles posted"] * 3


@pytest.mark.parametrize("field", ["expires", "embargo_until"])
def test_a_time_at_which_an_article_begins_or_ends_has_its_entry(
    client: httpx.Client, admin: dict[str, str], field: str
) -> None:
    assert post(client, admin, {**NEW, field: "2022-08-16T00:00:00Z"}) == ["articles posted"]
