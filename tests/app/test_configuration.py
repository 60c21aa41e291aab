"""A service records settings that changed between two starts."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

from script_shared.settings import Settings
from tests.app.conftest import TOKEN, serving, until


def entries(client: TestClient) -> list[dict[str, Any]]:
    client.headers.update({"Authorization": f"Bearer {TOKEN}"})
    found: list[dict[str, Any]] = client.get("/audit").json()["entries"]
    return found


def test_a_setting_that_changed_between_two_starts_is_one_entry(tmp_path: Path) -> None:
    base: dict[str, Any] = {
        "data_dir": tmp_path,
        "models_uri": str(tmp_path / "models"),
        "use_cases": "students",
        "admin_token": SecretStr(TOKEN),
    }
    with serving(Settings(**base)) as client:
        assert entries(client) == []
    changed = Settings(**base, rate_per_token=9)
    with serving(changed) as client:
        until(lambda: len(entries(client)) == 1)
        (entry,) = entries(client)
        assert (entry["what"], entry["who"]) == ("configuration", "service")
        assert (entry["from"], entry["to"]) == ("PAUTA_RATE_PER_TOKEN=0", "PAUTA_RATE_PER_TOKEN=9")
    with serving(changed) as client:
        assert len(entries(client)) == 1
