"""Events as a site sends them, and lists as a page asks for them."""

from typing import Any

import httpx


def event(number: int, user: str = "u", page: str = "a20", **more: Any) -> dict[str, Any]:
    return {"event_id": f"e{number}", "user_id": user, "page": page, **more}


def send(client: httpx.Client, body: Any) -> dict[str, Any]:
    response = client.post("/events", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def pages(client: httpx.Client, **query: Any) -> list[str]:
    return [item["page"] for item in client.get("/recommendations", params=query).json()["items"]]
