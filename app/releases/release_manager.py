"""Keeps the release of a use case in service current: a newer one replaces it without a failed request.

The pointer is read every ``poll_seconds``. When it names another release, that one is fetched, loaded and checked
in a thread beside the old one, and takes over in one assignment; running requests finish on the old one. A release that
fails is refused; the old one stays in service. It is tried again when the pointer changes or on ``POST /model/reload``;
if the release did not cause the failure (store unreachable, disk full), also after a pause that doubles.
"""

import asyncio
import logging
from pathlib import Path
from typing import Any, TypeVar

from app.metrics.use_case_metrics import ReleaseCounts
from app.releases.freeing import free_in_pieces
from app.releases.in_service import ReleaseInService
from app.releases.loaded_release import LoadedRelease
from app.releases.loading import Loading
from app.releases.refusal import CheckError, Refusal, one_line
from app.releases.release_guard import ReleaseGuard
from app.releases.turn_taking import TurnTaking
from app.use_case import ReleaseLoader
from script_shared.releases import Pointer, Releases

T = TypeVar("T")
log = logging.getLogger("pauta.live")
LONGEST_PAUSE_SECONDS = 60.0


class ReleaseManager(ReleaseInService[T]):
    """Follows the pointer.

    Args:
        loader: turns a release's files into what routes use.
        counts: the metrics of these releases.
        use_case: its name, for messages.
        shared: folder that the worker processes of one service share; they load one after the other.
        guard: tries each release before it is loaded, None to load them without a trial.

    Attributes:
        releases: the store.
        loader: the use case's own.
    """

    def __init__(
        self,
        releases: Releases,
        loader: ReleaseLoader[T],
        counts: ReleaseCounts,
        poll_seconds: float,
        *,
        use_case: str,
        shared: Path | None = None,
        guard: ReleaseGuard | None = None,
    ) -> None:
        super().__init__(use_case, counts)
        self.releases, self.loader, self._counts = releases, loader, counts
        self._loading = Loading(releases, loader, guard, shared)
        self._poll_seconds = poll_seconds
        self._lock = asyncio.Lock()
        self._failures = 0
        self._freeing: asyncio.Task[None] | None = None

    @property
    def beside(self) -> Any:
        """What the use case keeps beside its releases."""
        return self.loader.beside

    def card(self) -> dict[str, Any]:
        """What the use case reports about the release in service.

        Raises:
            UnavailableError: none is loaded yet.
        """
        return self.loader.card(self.require())

    async def start(self) -> None:
        """Start what the use case keeps beside its releases."""
        await self.loader.start(self)

    async def stop(self) -> None:
        """Stop it."""
        if self._freeing is not None:
            await self._freeing
        await self.loader.stop()

    async def watch(self) -> None:
        """Follow the pointer until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._backoff_seconds(self._failures))

    async def look(self, *, force: bool = False) -> bool:
        """Read the pointer once and load its release if it is new, or with ``force``; True if it is now in service."""
        async with self._lock:
            pointer = await self._current()
            self.nothing_promoted = pointer is None and self.store.error is None
            if self.nothing_promoted:
                self.loader.start_without_release()
            if self.store.error and self.served is None:
                return await self._take_kept()
            if pointer is None or not (force or self._should_load(pointer)):
                return False
            return await self._take(pointer)

    async def load_beside(self, version: str) -> T:
        """Load a release that does not go into service, such as one of an experiment; with the same checks.

        Raises:
            Exception: it cannot be fetched or loaded.
        """
        async with self._lock:
            return (await self._load(self.require_release().pointer, version)).service

    async def _current(self) -> Pointer | None:
        try:
            pointer = await asyncio.to_thread(self.releases.current)
        except Exception as error:  # noqa: BLE001  no error of the store may end the watch
            self._failures += 1
            self.store.note_failure(one_line(error))
            return None
        self._failures = 0
        self.store.note_answer()
        return pointer

    def _should_load(self, pointer: Pointer) -> bool:
        if self.served is not None and self.served.release == pointer.version:
            if self.refusal is not None and not self.refusal.names(pointer):
                self.refusal = None  # the pointer is back at the release in service
            refused = self.refusal is not None and self.refusal.holds(pointer)
            rewritten = pointer.rewritings != self.served.pointer.rewritings and not refused
            return rewritten or self.loader.is_outdated()
        return self.refusal is None or not self.refusal.holds(pointer)

    async def _take(self, pointer: Pointer) -> bool:
        try:
            await self._swap(await self._load(pointer, pointer.version))
        except Exception as error:  # noqa: BLE001  any failure of a load leaves the old release in service
            refusal = self._refuse(pointer, error)
            if self.served is None and (refusal.final or isinstance(error, CheckError)):
                await self._take_earlier(pointer)
                if self.served is None and refusal.final and self.loader.optional_parts:
                    await self._take_parts(pointer)
            return False
        self.refusal = None
        return True

    async def _take_earlier(self, pointer: Pointer) -> None:
        """At the start, without a release in service: load the previous one."""
        for version in pointer.earlier():
            try:
                await self._swap(await self._load(pointer, version))
            except Exception as error:  # noqa: BLE001  as above
                log.error("release %s cannot be used as a substitute: %s", version, one_line(error))
            else:
                return

    async def _take_parts(self, pointer: Pointer) -> None:
        """If nothing else can be served, serve the release without its damaged optional parts, such as the ranker."""
        try:
            await self._swap(await self._load(pointer, pointer.version, in_part=True))
        except Exception as error:  # noqa: BLE001  as above
            log.error("release %s cannot be served in part: %s", pointer.version, one_line(error))

    async def _take_kept(self) -> bool:
        """At the start, without the store: load the cached release that was last in service here."""
        kept = await asyncio.to_thread(self.releases.cached_release)
        if kept is None:
            return False
        version = kept.manifest.version
        try:
            await self._swap(await self._loading.load(kept.pointer, version, beside=False, kept=kept))
        except Exception as error:  # noqa: BLE001  as above
            log.error("release %s cannot be served from the cache: %s", version, one_line(error))
            return False
        self.store.from_cache = True
        log.warning("release %s is served from the cache: the release store cannot be read", version)
        return True

    async def _swap(self, served: LoadedRelease[T]) -> None:
        await self.loader.take_over(served.service)
        old, self.served = self.served, served
        created, seconds = served.manifest.created_at.timestamp(), served.load_seconds
        before = old.release if old else None
        self._counts.note_release(before, served.release, created=created, clock=served.clock, seconds=seconds)
        log.info("%s: release %s in service after %.2f s", self.use_case, served.release, served.load_seconds)
        if old is not None:
            holder, old = [old], None
            self._freeing = asyncio.create_task(self._free(holder))

    async def _free(self, holder: list[Any]) -> None:
        """Free the release in a list in another thread; a failure only delays when its memory is freed."""
        wait = TurnTaking(asyncio.get_running_loop())
        try:
            await asyncio.to_thread(free_in_pieces, holder, lambda: wait(0.0))
        except Exception as error:
            log.warning("the release that was replaced is freed at once: %s", one_line(error), exc_info=error)

    async def _load(self, pointer: Pointer, version: str, *, in_part: bool = False) -> LoadedRelease[T]:
        return await self._loading.load(pointer, version, beside=self.served is not None, in_part=in_part)

    def _refuse(self, pointer: Pointer, error: Exception) -> Refusal:
        refusal = self.refusal = Refusal.of(pointer, error, self.refusal, self._backoff_seconds)
        self._counts.count_refusal()
        log.error("release %s refused: %s", pointer.version, refusal.reason, exc_info=None if refusal.final else error)
        return refusal

    def _backoff_seconds(self, failures: int) -> float:
        """Seconds to wait: the poll interval, doubled with every failure in a row."""
        return float(min(LONGEST_PAUSE_SECONDS, self._poll_seconds * 2 ** min(failures, 10)))
