"""A release that cannot be fetched, checked or loaded now is tried again, and loads wait for their turn."""

import asyncio
import threading
import time
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.metrics.telemetry import Telemetry
from app.news.events.catch_up import CatchUp
from app.news.releases.news_release import NewsRelease
from app.news.releases.release_loader import NewsLoader
from app.releases.refusal import CheckError
from app.releases.release_manager import ReleaseManager
from script_shared.errors import UnavailableError
from script_shared.releases import Manifest, Releases
from script_shared.storage.local import file_lock
from tests.app.conftest import Store, release_of, until
from tests.patience import PATIENCE_SECONDS


def live_of(releases: Releases, poll_seconds: float, shared: Path | None = None) -> ReleaseManager[NewsRelease]:
    """News' releases without an event log."""
    return ReleaseManager(
        releases, NewsLoader(), Telemetry().counts_of("news"), poll_seconds, use_case="news", shared=shared
    )


class Stumbling(Releases):
    """A store that is unreachable the first two times that a release is fetched."""

    failures = 2

    def fetch_with_manifest(self, version: str) -> tuple[Path, Manifest]:
        if self.failures:
            self.failures -= 1
            raise UnavailableError("the store is away.")
        return super().fetch_with_manifest(version)


@dataclass
class Moved:
    """A monotonic clock that only the test moves."""

    now: float = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def test_a_release_that_could_not_be_fetched_is_tried_again_after_a_growing_pause(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.promote("v1")
    live, clock, pauses = live_of(Stumbling(store.releases.uri), 1.0), Moved(), list[float]()
    monkeypatch.setattr("app.releases.refusal.time", clock)

    async def look_on() -> None:
        while not await live.look():
            refusal = live.refusal
            assert refusal is not None
            assert not refusal.final
            pauses.append(refusal.retry_at - clock.now)
            clock.now = refusal.retry_at - 0.1
            assert not await live.look()
            assert live.refusal == refusal  # it was not tried too early
            clock.now = refusal.retry_at

    asyncio.run(look_on())
    assert live.require().release == "v1"
    assert live.refusal is None
    assert pauses == [2.0, 4.0]


class Killed(NewsLoader):
    """A loader whose check of one release is killed each time."""

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> NewsRelease:
        if manifest.version == "v2":
            raise CheckError("the check of the release was killed, or memory ran out.")
        return super().load(folder, manifest, without=without)


def test_a_start_on_a_release_whose_check_is_killed_serves_the_one_before_and_tries_again(store: Store) -> None:
    store.promote("v1")
    store.promote("v2", "Nova")
    live = ReleaseManager(store.releases, Killed(), Telemetry().counts_of("news"), 0.02, use_case="news")
    assert not asyncio.run(live.look())
    assert live.require_release().release == "v1"
    assert live.refusal is not None
    assert (live.refusal.release, live.refusal.final) == ("v2", False)
    live.refusal = replace(live.refusal, retry_at=0.0)  # long ago
    assert not asyncio.run(live.look())
    assert live.refusal.tries == 2
    assert live.require_release().release == "v1"


def test_a_final_refusal_is_never_tried_again(store: Store) -> None:
    store.releases.publish(store.folders["Nova"], "v1")
    store.damage("v1", "model.json")
    store.releases.promote("v1", "test", check=False)
    live = live_of(Releases(store.releases.uri), 0.02)
    assert not asyncio.run(live.look())
    assert live.refusal is not None
    assert live.refusal.final
    live.refusal = replace(live.refusal, retry_at=0.0)  # long ago
    assert not asyncio.run(live.look())
    assert live.refusal.tries == 1
    assert not asyncio.run(live.look(force=True))
    assert live.refusal.tries == 2


def test_a_pointer_that_changes_while_a_release_folds_the_log_is_followed(
    client: httpx.Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather, gathered = CatchUp.gather, list[str]()

    def move_on(self: CatchUp, *arguments: Any, **named: Any) -> None:
        if not gathered:
            store.promote("v3", "Nova")
        gathered.append("a release")
        gather(self, *arguments, **named)

    monkeypatch.setattr(CatchUp, "gather", move_on)
    store.promote("v2", "Nova")
    until(lambda: release_of(client) == "v3")
    assert len(gathered) == 2


def test_worker_processes_of_one_service_load_one_after_the_other(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.promote("v2", "Nova")
    store.promote("v1")
    live = live_of(store.releases, 1.0, shared=tmp_path)

    order, waits = list[str](), threading.Event()
    load = NewsLoader.load

    def note_load(self: NewsLoader, *arguments: Any, **named: Any) -> NewsRelease:
        order.append("loaded")
        return load(self, *arguments, **named)

    def note_lock(file: Path, seconds: float) -> AbstractContextManager[None]:
        waits.set()
        return file_lock(file, seconds)

    monkeypatch.setattr(NewsLoader, "load", note_load)
    monkeypatch.setattr("app.releases.loading.file_lock", note_lock)

    async def look_twice() -> None:
        assert await live.look()  # the first release does not wait
        assert not waits.is_set()
        store.releases.promote("v2", "test")
        with file_lock(tmp_path / "loading"):  # another process loads
            look = asyncio.create_task(live.look())
            assert await asyncio.to_thread(waits.wait, PATIENCE_SECONDS)
            order.append("released")
        assert await look

    asyncio.run(look_twice())
    assert order == ["loaded", "released", "loaded"]
    assert live.require().release == "v2"
