"""Fetches, tries and loads a release in a thread, beside the one in service."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Generic, TypeVar

from app.releases import early_reading
from app.releases.loaded_release import LoadedRelease
from app.releases.release_guard import ReleaseGuard
from app.releases.turn_taking import TurnTaking
from app.use_case import ReleaseLoader
from script_shared.clock import wall_ms
from script_shared.mapped_files import drop_pages
from script_shared.releases import CachedRelease, Manifest, Pointer, Releases
from script_shared.storage.local import file_lock
from script_shared.throttle import Wait, throttle

T = TypeVar("T")
TURN_SECONDS = 900.0  # longest wait for other worker processes to load


class Loading(Generic[T]):
    """Turns a release's files into what routes use.

    Args:
        loader: of the use case.
        guard: tries each release first, None to load them without a trial.
        shared: folder that the worker processes of one service share; they load one after the other.
    """

    def __init__(
        self, releases: Releases, loader: ReleaseLoader[T], guard: ReleaseGuard | None, shared: Path | None
    ) -> None:
        self._releases, self._loader, self._guard = releases, loader, guard
        self._turn = shared / "loading" if shared is not None else None

    async def load(
        self, pointer: Pointer, version: str, *, beside: bool, in_part: bool = False, kept: CachedRelease | None = None
    ) -> LoadedRelease[T]:
        """Fetch, load and check a release.

        Args:
            version: of the release; an earlier one than the pointer's if that cannot be used.
            beside: whether another release is in service, whose requests have priority.
            in_part: without the release's optional parts.
            kept: its files in the cache, if the store is unreachable.
        """
        wait = TurnTaking(asyncio.get_running_loop()) if beside else None
        return await asyncio.to_thread(self._load, pointer, version, wait, in_part=in_part, kept=kept)

    def _load(
        self, pointer: Pointer, version: str, wait: Wait | None, *, in_part: bool, kept: CachedRelease | None
    ) -> LoadedRelease[T]:
        if wait is None:
            return self._load_files(pointer, version, in_part=in_part, kept=kept, beside=False)
        with self._my_turn(), throttle(wait):
            return self._load_files(pointer, version, in_part=in_part, kept=kept, beside=True)

    def _my_turn(self) -> AbstractContextManager[None]:
        return file_lock(self._turn, TURN_SECONDS) if self._turn is not None else nullcontext()

    def _load_files(
        self, pointer: Pointer, version: str, *, in_part: bool, kept: CachedRelease | None, beside: bool
    ) -> LoadedRelease[T]:
        started = time.perf_counter()
        folder, manifest = self._files(pointer, version) if kept is None else (kept.folder, kept.manifest)
        guard = self._guard
        damaged = guard.damaged_parts(folder, manifest, in_part=in_part, beside=beside) if guard is not None else ()
        with _without_collections() if beside else nullcontext():
            service = self._loader.load(folder, manifest, without=damaged)
        gc.collect()
        drop_pages(scattered=False)  # loading reads whole files, but a list reads only small parts
        gc.freeze()  # keeps collections from scanning the release; reference counting frees it
        clock, seconds = self._loader.clock(service), time.perf_counter() - started
        if version == pointer.version:
            self._releases.keep(pointer, manifest)
        return LoadedRelease(service, clock, manifest, pointer, wall_ms(), seconds)

    def _files(self, pointer: Pointer, version: str) -> tuple[Path, Manifest]:
        """The folder and the manifest of a release, all checksums verified."""
        early = early_reading.take(self._releases.uri, pointer) if version == pointer.version else None
        return early or self._releases.fetch_with_manifest(version)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keep the garbage collector from running by itself; each time, requests would wait for 10 ms."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
