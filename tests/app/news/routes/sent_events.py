"""Events as a site sends them, lists as a page asks for them, and a log that another writer holds."""

import sqlite3
from typing import Any

import httpx

from tests.app.conftest import Store


def event(number: int, user: str = "u", page: str = "a20", **more: Any) -> dict[str, Any]:
    return {"event_id": f"e{number}", "user_id": user, "page": page, **more}


def send(client: httpx.Client, body: Any) -> dict[str, Any]:
    response = client.post("/events", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def pages(client: httpx.Client, **query: Any) -> list[str]:
    return [item["page"] for item in client.get("/recommendations", params=query).json()["items"]]


def lock(store: Store) -> sqlite3.Connection:
    """Keep every other writer out of the log until the connection is rolled back."""
    holder = sqlite3.connect(store.settings.data_dir / "events.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    return holder
