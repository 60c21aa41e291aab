"""A hundred promotes while readers send requests: no request fails."""

import re
import threading
from collections import Counter

import httpx
import pytest

from tests.app.conftest import Store, listens, release_of, started, until
from tests.patience import PATIENCE_SECONDS

PROMOTES = 100
CLIENTS = 3


def read_on(address: str, stop: threading.Event, seen: Counter[tuple[int, str, str]]) -> None:
    """Send requests without a pause; note status, release and title of every answer."""
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
        while not stop.is_set():
            response = client.get("/recommendations", params={"user_id": "log0"})
            answer = response.json()
            titles = {item["title"].split()[0] for item in answer.get("items", [])}
            seen[response.status_code, answer.get("release", ""), "+".join(sorted(titles))] += 1


@pytest.mark.slow
def test_no_request_fails_during_a_hundred_promotes_under_load(store: Store) -> None:
    settings = store.settings.model_copy(update={"release_poll_seconds": 0.01})
    store.promote("v2", "Nova")
    store.promote("v1", "Velha")
    stop, seen = threading.Event(), [Counter[tuple[int, str, str]]() for _ in range(CLIENTS)]
    with started(settings) as (address, _), httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
        until(lambda: listens(address) and release_of(client) == "v1")
        threads = [threading.Thread(target=read_on, args=(address, stop, counter)) for counter in seen]
        for thread in threads:
            thread.start()
        for number in range(PROMOTES):
            version = ("v2", "v1")[number % 2]
            store.releases.promote(version, "load", check=False)
            if number % 10 < 2:  # so that many of them are served, not only the last
                until(lambda version=version: release_of(client) == version)
        until(lambda: release_of(client) == "v1" and sum(sum(seen, Counter()).values()) > 300)
        stop.set()
        for thread in threads:
            thread.join()
        swaps = re.findall(r"^pauta_release_swaps_total (\S+)", client.get("/metrics").text, re.M)
    answers = sum(seen, Counter())
    assert set(answers) == {(200, "v1", "Velha"), (200, "v2", "Nova")}  # no answer mixes two releases
    assert sum(answers.values()) > 300
    assert float(swaps[0]) > 5
