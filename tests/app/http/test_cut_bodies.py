"""A client that leaves before all of its body came: no failure of the service."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.main import create_app
from script_shared.settings import Settings


@pytest.mark.parametrize("path", ["/login", "/students/batch", "/events"])
def test_a_body_that_ends_early_is_the_clients_fault(path: str, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, models_uri=str(tmp_path / "models")))
    parts = [{"type": "http.request", "body": b"token=a", "more_body": True}, {"type": "http.disconnect"}]
    found: list[Any] = []

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        found.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [(b"content-length", b"100")], "scheme": "http", "server": ("x", 80), "client": ("x", 1)}
    asyncio.run(app({**scope, "http_version": "1.1"}, receive, send))
    assert found[0]["status"] in (401, 403, 422)
