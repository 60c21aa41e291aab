"""A service with two releases, v1 in service, whose titles say which one answered."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.conftest import TOKEN, release_of, serving, until

ADMIN = {"Authorization": f"Bearer {TOKEN}"}
USERS = tuple(f"reader-{number}" for number in range(16))


class Site:
    """A service, and what tests do with it."""

    def __init__(self, client: httpx.Client, settings: Settings, releases: Releases) -> None:
        self.client, self.settings, self.releases = client, settings, releases

    def start(self, name: str, variants: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        """Start an experiment; it holds in this process when this returns."""
        body = {"name": name, "variants": variants, **more}
        answer = self.client.post("/experiments", json=body, headers=ADMIN)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def stop(self, name: str) -> None:
        """Stop an experiment."""
        answer = self.client.post(f"/experiments/{name}/stop", json={"why": "the test ends"}, headers=ADMIN)
        assert answer.status_code == 200, answer.text

    def answer(self, user: str, n: int = 10, **more: Any) -> dict[str, Any]:
        """A list."""
        answer = self.client.get("/recommendations", params={"user_id": user, "num_recs": n, **more})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def click(self, user: str, page: str, answer_id: str) -> None:
        """A click on an article of an answer."""
        event = {"event_id": f"click {answer_id}", "user_id": user, "page": page, "answer_id": answer_id}
        answer = self.client.post("/events", json=event)
        assert answer.status_code < 300, answer.text

    def log(self) -> EventLog:
        """The event log."""
        return EventLog(self.settings.events_address)

    def metric(self, line: str) -> float:
        """A value at /metrics, 0 where the series is missing."""
        text = self.client.get("/metrics").text
        return next((float(each.split()[-1]) for each in text.splitlines() if each.startswith(line)), 0.0)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Any]) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("experiments")
    settings = Settings(
        data_dir=root / "data",
        models_uri=str(root / "models"),
        evaluation_dir=root,
        release_poll_seconds=0.05,
        admin_token=SecretStr(TOKEN),
        use_cases="news",
    )
    releases = Releases(f"{settings.models_uri}/news")
    releases.publish(folders["Velha"], "v1", run_id="run-1")
    releases.publish(folders["Nova"], "v2", run_id="run-2")
    releases.promote("v1", "test")
    with serving(settings) as client:
        until(lambda: release_of(client) == "v1")
        yield Site(client, settings, releases)
