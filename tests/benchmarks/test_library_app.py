"""The baseline of the serving benchmark starts behind the same middleware as the service."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.benchmarks import library_app


class _OneList:
    def __init__(self, _folder: Path) -> None:
        self.page = {"page": "a", "url": "", "title": "", "issued": library_app.iso(0), "score": 0.0}

    def recommend(self, _user: str, n: int) -> list[dict[str, object]]:
        return [self.page] * n


def test_the_baseline_answers_a_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(library_app.FOLDER, str(tmp_path))
    monkeypatch.setattr(library_app, "Library", _OneList)

    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(library_app.make())
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get("/recommendations?num_recs=3")

    answer = asyncio.run(answered())
    assert (answer.status_code, len(answer.json()["items"])) == (200, 3)
