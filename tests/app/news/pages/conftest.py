"""One news service for the editors' pages, whose articles are read now: an admin, an editor and a viewer."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from script_shared.events import EventLog
from tests.app.conftest import TOKEN, of_a_module

ADMIN = {"Authorization": f"Bearer {TOKEN}"}
READ = (("a40", 50), ("a41", 30), ("a42", 15), ("a44", 8), ("a20", 5), ("a23", 4), ("a26", 3))  # and how often


@dataclass
class Desk:
    """A service for editors.

    Attributes:
        client: without a token.
        tokens: by role.
    """

    client: httpx.Client
    tokens: dict[str, str]

    def add(self, kind: str, about: str, **fields: object) -> str:
        """Add a rule as the admin does; its id."""
        by, _, name = about.partition(" ")
        body = {"kind": kind, "about": {"by": by, "name": name}, "reason": "for a test", **fields}
        answer = self.client.post("/rules", json=body, headers=ADMIN)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["rule_id"])

    def clear(self) -> None:
        """Remove all rules."""
        for rule in self.client.get("/rules", headers=ADMIN).json()["rules"]:
            self.client.delete(f"/rules/{rule['rule_id']}?version={rule['version']}", headers=ADMIN)

    def front(self, section: str = "") -> list[str]:
        """The list of a new user."""
        items = self.client.get("/recommendations", params={"section": section, "explore": 0}).json()["items"]
        return [item["page"] for item in items]


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory, folders) -> Iterator[Desk]:  # type: ignore[no-untyped-def]
    """The service of all tests of pages; what they add, they remove."""
    root = tmp_path_factory.mktemp("desk")
    (root / "data").mkdir()
    with of_a_module(root, folders, admin_token=TOKEN) as client:
        events = EventLog(f"sqlite:///{root / 'data' / 'events.db'}")
        tokens = {role: events.tokens.make(role, role, by="test")[1] for role in ("viewer", "editor")}
        events.close()
        clicks = [
            {"event_id": f"{page}-{n}", "user_id": f"{page} {n}", "page": page, "region": "Bahia" if n % 3 else "Minas"}
            for page, count in READ
            for n in range(count)
        ]
        client.post("/events", json=clicks, headers=ADMIN).raise_for_status()
        yield Desk(client, tokens)


@pytest.fixture
def desk(service: Desk) -> Iterator[Desk]:
    """The service without rules."""
    service.clear()
    yield service
    service.clear()
