"""Tokens of the database in one process: read again when that is due, and what happens when a read fails."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.security import callers
from app.security.callers import Callers
from script_shared.events import EventLog
from script_shared.settings import Settings


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(f"sqlite:///{tmp_path / 'events.db'}")
    yield log
    log.close()


def test_a_known_token_that_was_revoked_elsewhere_opens_nothing_after_the_next_read(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "SECONDS", 0.0)
    monkeypatch.setattr(callers, "MOST_STALE_SECONDS", float("inf"))
    _, secret = log.tokens.make("ana", "viewer", by="admin")

    async def ask() -> None:
        known = Callers(Settings(), log)
        assert await known.of(secret) is not None
        log.tokens.revoke("ana")
        async with asyncio.timeout(30):
            while await known.of(secret) is not None:
                await asyncio.sleep(0.01)

    asyncio.run(ask())


def test_after_a_change_of_this_process_its_rate_limits_know_the_token_too(log: EventLog) -> None:
    _, secret = log.tokens.make("ana", "viewer", by="admin")

    async def ask() -> None:
        known = Callers(Settings(), log)
        assert known.present(secret) is None
        await known.refresh()
        found = known.present(secret)
        assert found is not None
        assert found.name == "ana"

    asyncio.run(ask())


def test_an_unexpected_error_of_a_read_reaches_the_request(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(log.tokens, "current", fail)

    async def ask() -> None:
        async with asyncio.timeout(30):
            await Callers(Settings(), log).of("unknown")

    with pytest.raises(RuntimeError, match="broken on purpose"):
        asyncio.run(ask())
