"""How soon a click is seen: the page clicked must no longer be in its reader's list."""

import time

import httpx

from tests.benchmarks.servers import Server
from tests.benchmarks.site import Site

CLICKS = 20
LONGEST_SECONDS = 10.0


def seen_by_same(server: Server, site: Site) -> str:
    """How many clicks were seen by the very next request to the process that took them."""
    client = next(iter(server.clients().values()))
    seen = 0
    for turn in range(CLICKS):
        reader = f"same-{server.port}-{turn}"
        page = _click(client, reader)
        seen += page not in _pages(client, reader)
    return f"{seen} of {CLICKS} by the next request"


def seen_by_other(server: Server, site: Site) -> float:
    """The longest time, in seconds, until another process' list no longer held the page."""
    (first, second), slowest = list(server.clients().values())[:2], 0.0
    for turn in range(CLICKS):
        reader = f"other-{server.port}-{turn}"
        page, start = _click(first, reader), time.perf_counter()
        while page in _pages(second, reader) and time.perf_counter() - start < LONGEST_SECONDS:
            time.sleep(0.01)
        slowest = max(slowest, time.perf_counter() - start)
    return round(slowest, 3)


def _click(client: httpx.Client, reader: str) -> str:
    """Clicks the first page of the reader's list; returns it."""
    page = _pages(client, reader)[0]
    client.post("/events", json={"event_id": f"click-{reader}", "user_id": reader, "page": page}).raise_for_status()
    return page


def _pages(client: httpx.Client, reader: str) -> list[str]:
    answer = client.get("/recommendations", params={"user_id": reader, "num_recs": 10}).raise_for_status().json()
    return [item["page"] for item in answer["items"]]
